// households.js - the village's households with their last visit: found by any letters, thousands as smooth as ten.
import { Alert, html, useEffect, useGet, useMemo, useRef, useState, Waiting } from '../parts.js';
import { view } from '../route.js';
import { day, fold, num, t } from '../text.js';
import { chosenPlace, Place } from './ask.js';
import { Held } from './held.js';
import { Window } from './list.js';
import { Saved } from './saved.js';

const TYPED_MS = 500;      // without a key, and the address takes the letters
export const SURVEY = 'visit';      // the form whose records are about households

// A line of GET /api/about, by names.
export function lineOf(row) {
  const [id, unit, key, texts, last, held] = row;
  return { id, unit, key, name: texts[0] || '', more: texts.slice(1).join(' · '), last, held, fold: fold([key].concat(texts).join(' ')) };
}

// Each word begins one of the line's.
export function fits(line, words) {
  return words.every(w => line.fold.indexOf(w) === 0 || line.fold.indexOf(` ${w}`) >= 0);
}

export function isDue(line, period) {
  return !line.last || line.last < period.from;
}

function Line({ x, due }) {
  return html`<a href=${view('/record', { id: x.id, back: '/households' })}>
    <span class="grow"><strong>${x.key} · ${x.name || t('no name')}</strong><small>${x.more}</small></span>
    <span class="side"><small class=${due ? 'due' : null}>${x.last ? day(x.last) : t('not visited')}</small><${Held} held=${x.held} /></span></a>`;
}

function List({ data, args, go }) {
  const [words, setWords] = useState(args.q || '');
  const lines = useMemo(() => data.rows.map(lineOf).sort((a, b) => a.key - b.key || (a.id < b.id ? -1 : 1)), [data]);
  const due = useMemo(() => lines.filter(x => isDue(x, data.period)), [lines]);
  const asked = fold(words).split(/\s+/).filter(Boolean);
  const rows = useMemo(() => (args.show === 'due' ? due : lines).filter(x => fits(x, asked)), [lines, args.show, words]);
  const told = useRef(words);      // what the address says because of what was typed
  useEffect(() => {
    if ((args.q || '') !== told.current) setWords(told.current = args.q || '');
  }, [args.q]);
  useEffect(() => {
    const timer = setTimeout(() => {
      if (words === told.current) return;
      told.current = words;
      go('/households', Object.assign({}, args, { q: words }), { replace: true });
    }, TYPED_MS);
    return () => clearTimeout(timer);
  }, [words]);
  const show = to => go('/households', Object.assign({}, args, { show: to, saved: null }), { replace: true });
  const tab = (to, text) => html`<button type="button" class=${(args.show || null) === to ? null : 'second'} aria-pressed=${(args.show || null) === to}
    onClick=${() => show(to)}>${text}</button>`;
  return html`<label class="field"><span class="hidden">${t('Search')}</span>
      <input type="search" value=${words} placeholder=${t('Name, number, telephone...')} autocomplete="off" onInput=${e => setWords(e.target.value)} /></label>
    <div class="buttons halves">${tab(null, t('All: {n}', { n: num(lines.length) }))}${tab('due', t('Due this quarter: {n}', { n: num(due.length) }))}</div>
    ${data.more && html`<${Alert}>${t('There are more than fit here: choose a smaller place.')}<//>`}
    <p class="hidden" role="status">${t('{n} households', { n: num(rows.length) })}</p>
    ${rows.length ? html`<${Window} rows=${rows} keyOf=${x => x.id} caption=${t('Households')} draw=${x => html`<${Line} x=${x} due=${isDue(x, data.period)} />`} />` :
    html`<p class="quiet">${lines.length ? t('Nothing fits these letters.') : t('No household is on the list yet.')}</p>`}`;
}

export default function Households({ args, go, status }) {
  const own = !status || status.role === 'device';
  const unit = args.unit || (own ? '' : chosenPlace());
  const about = useGet(status ? `/api/about/${SURVEY}` : null, { unit }, ['records']);
  return html`<${Saved} args=${args} />
    ${own ? null : html`<${Place} unit=${unit} onChoose=${code => go('/households', { unit: code })} />`}
    ${(own || unit) && html`<div class="buttons"><a class="button" href=${view('/form', { form: 'household', unit, back: '/households' })}>${t('Add a household')}</a></div>`}
    ${about.data ? html`<${List} data=${about.data} args=${args} go=${go} />` : html`<${Waiting} of=${about} />`}`;
}
