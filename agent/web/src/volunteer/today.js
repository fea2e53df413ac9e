// today.js - where a volunteer's day begins: what was left half done, what is due, and what can be recorded.
import { get } from '../api.js';
import { Alert, html, useEffect, useGet, useState } from '../parts.js';
import { view } from '../route.js';
import { day, isoDay, label, num, t, time } from '../text.js';
import { chosenPlace, Place, useForms, useLabels } from './ask.js';
import { titleOf } from './choices.js';
import { allHere, open } from './drafts.js';
import { isDue, lineOf, SURVEY } from './households.js';
import { Person } from './person.js';
import { Saved } from './saved.js';
import { newSession, Session, useSessions } from './training.js';

const DAY_MS = 86400000;
const SESSIONS = 2;

// Those that the agent has, and those that wait in this browser for an agent; newest first.
function useDrafts() {
  const [drafts, set] = useState([]);
  useEffect(() => {
    let current = true;
    const here = allHere();
    get('/api/drafts').then(d => d.drafts, () => []).then(list => current && set(here
      .concat(list.filter(d => !here.some(x => x.name === d.draft)).map(d => Object.assign({ name: d.draft }, d)))
      .sort((a, b) => b.ms - a.ms)));
    return () => { current = false; };
  }, []);
  return drafts;
}

// Whom a draft is about: the record that it names, or its first text.
function Whom({ d, form, forms }) {
  const [text, set] = useState('');
  useEffect(() => {
    let current = true;
    const answered = a => form.questions.filter(q => (q.type === 'record' || q.type === 'text' || q.name === form.key) && a[q.name])[0];
    open(d.name).then(draft => {
      const q = answered(draft.answers);
      if (!q || q.type !== 'record') return q ? draft.answers[q.name] : '';
      return get(`/api/record/${draft.answers[q.name]}`).then(r => titleOf(r, forms.filter(f => f.code === q.form)[0]).text);
    }).then(found => current && set(String(found)), () => {});
    return () => { current = false; };
  }, [d.name]);
  return text ? html`<small>${text}</small>` : null;
}

function Drafts({ forms }) {
  const drafts = useDrafts();
  if (!drafts.length) return null;
  const formOf = d => forms.filter(f => f.code === d.form)[0];
  return html`<h2>${t('Half done')}</h2><ul class="list">${drafts.map(d => html`<li key=${d.name}><a href=${view('/form', { draft: d.name })}>
    <span class="grow"><strong>${formOf(d) ? label(formOf(d).label) : d.form}</strong>
      ${formOf(d) && html`<${Whom} d=${d} form=${formOf(d)} forms=${forms} />`}</span><small>${time(d.ms)}</small></a></li>`)}</ul>`;
}

function Due({ unit, add }) {
  const about = useGet(`/api/about/${SURVEY}`, { unit }, ['records']);
  if (!about.data) return null;
  const { rows, period } = about.data;
  const due = rows.map(lineOf).filter(x => isDue(x, period)).length;
  const left = Math.round((new Date(period.due) - new Date(isoDay(Date.now()))) / DAY_MS);
  const quarter = period.name.replace(/^(\d+)-Q(\d)$/, (_, y, q) => t('quarter {q} of {y}', { q, y }));
  return html`<section class="card"><h2>${t('Survey, {quarter}', { quarter })}</h2>
    <p>${t('{done} of {all} households visited', { done: num(rows.length - due), all: num(rows.length) })}</p>
    <progress class="steps" aria-hidden="true" value=${rows.length - due} max=${rows.length || 1}></progress>
    <p>${left >= 0 ? t('The report is due by {day}: {n} days left', { day: day(period.due), n: num(left) }) : t('The report was due by {day}', { day: day(period.due) })}</p>
    <div class="buttons"><a class="button" href=${view('/households', { show: due ? 'due' : null, unit })}>${due ? t('{n} households to visit', { n: num(due) }) : t('Households')}</a>
      ${add && html`<a class="button second" href=${view('/form', { form: 'household', unit, back: '/today' })}>${t('Add a household')}</a>`}</div></section>`;
}

function Sessions({ unit }) {
  const { sessions, form } = useSessions(unit);
  const labelOf = useLabels(form, sessions && sessions[0]);
  if (!sessions) return null;
  const last = sessions[0];
  return html`<section class="card"><h2>${t('Training sessions')}</h2>
    <ul class="list tall">${sessions.slice(0, SESSIONS).map(x => html`<li key=${x.id}><${Session} x=${x} labelOf=${labelOf} /></li>`)}</ul>
    <div class="buttons"><a class="button" href=${newSession(unit, last, '/today')}>${last ? t('Record one like the last') : t('Record a session')}</a></div></section>`;
}

export default function Today({ args, go, status }) {
  const [, draw] = useState(0);
  const forms = useForms();
  if (!status) return null;
  const own = status.role === 'device';
  const unit = own ? '' : args.unit || chosenPlace();
  const others = forms.filter(f => [SURVEY, 'household', 'training'].indexOf(f.code) < 0);
  return html`<${Saved} args=${args} />
    ${!own && html`<${Place} unit=${unit} onChoose=${code => go('/today', { unit: code })} />`}
    ${own && html`<${Person} onChange=${() => draw(n => n + 1)} />`}
    <${Drafts} forms=${forms} />
    ${status.sync.possible && status.pending > 0 && html`<${Alert}>${t('{n} changes wait to be sent', { n: num(status.pending) })} <a href="#/sync">${t('Send them')}</a><//>`}
    <div class="cards"><${Due} unit=${unit} add=${own || unit} />
      ${(own || unit) && html`<${Sessions} unit=${unit} />
      <section class="card"><h2>${t('Other forms')}</h2><ul class="list">${others.map(f => html`<li key=${f.code}>
        <a href=${view('/form', { form: f.code, unit, back: '/today' })}>${label(f.label)}</a></li>`)}</ul></section>`}</div>`;
}
