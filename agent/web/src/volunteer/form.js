// form.js - the page of a form: a screen at a time, kept at every answer, saved at the end.
import { del, get, onAgent } from '../api.js';
import { Alert, html, useEffect, useRef, useState, Waiting } from '../parts.js';
import { getLanguage, isoDay, label, t } from '../text.js';
import { dropHere, newName, open } from './drafts.js';
import { Filling } from './filling.js';
import { Question } from './inputs.js';
import { person } from './person.js';
import { Here } from './place.js';
import { inside, isPlace, screensOf } from './screens.js';

// ---- opening -------------------------------------------------------------------------------------------------------------

// Arguments that begin with "a." are answers to begin with: a.household=2.1-1
function preset(args) {
  const out = {};
  Object.keys(args).filter(k => k.indexOf('a.') === 0).forEach(k => { out[k.slice(2)] = args[k]; });
  return out;
}

function fresh(args, form, name) {
  const answers = preset(args);
  if (form.date && !args.record && !answers[form.date]) answers[form.date] = isoDay(Date.now());
  return { name, form: args.form, unit: args.unit || null, record: args.record || null, person: person() || null, answers,
    screen: 0, ms: Date.now() };
}

// The draft that is named, as it was left; or one that begins.
async function begin(args) {
  let draft = null;
  try {
    draft = args.draft ? await open(args.draft) : null;
  } catch (e) {
    if (e.status !== 404 || !args.form) throw e;
  }
  const form = await get(`/api/form/${draft ? draft.form : args.form}`);
  return { draft: draft || fresh(args, form, args.draft || newName()), form };
}

function useFilling(args, go) {
  const [, draw] = useState(0);
  const [state, set] = useState({ f: null, error: null });
  const [round, again] = useState(0);
  const made = useRef(null);
  useEffect(() => onAgent(now => now === 'here' && !made.current && again(n => n + 1)), []);
  useEffect(() => {
    let current = true;
    if (made.current && made.current.draft.name === args.draft) return undefined;
    begin(args).then(({ draft, form }) => {
      if (!current) return;
      if (draft.saved) {
        go(args.back || '/today', { saved: draft.saved }, { replace: true });
        return;
      }
      if (made.current) made.current.close();
      const f = made.current = new Filling(draft, form, () => draw(n => n + 1));
      f.look();
      set({ f, error: null });
      go('/form', Object.assign({}, args, { draft: draft.name }), { replace: true });
    }, error => current && set({ f: null, error }));
    return () => { current = false; };
  }, [args.draft, args.form, args.record, round]);
  useEffect(() => () => made.current && made.current.close(), []);
  useEffect(() => { if (made.current) made.current.look(); }, [getLanguage()]);
  return state;
}

// ---- what stands on a screen -----------------------------------------------------------------------------------------------

function Place({ f, at }) {
  const take = p => {
    f.set(at, 'lat', p.latitude.toFixed(6));
    f.set(at, 'lon', p.longitude.toFixed(6));
  };
  return html`<${Here} take=${take} />`;
}

function Repeat({ f, at, q }) {
  const rows = f.rows(at, q.name);
  const mine = inside(f.form, q.name);
  return html`<section class="repeat"><h2>${label(q.label)}</h2>
    ${rows.map((row, i) => html`<div class="card" key=${row.index}>
      <div class="dialog-head"><h3>${label(q.label)} ${i + 1}</h3>
        <button type="button" class="plain" onClick=${() => f.dropRow(at, q.name, row.index)}>${t('Take out')}</button></div>
      <${Questions} f=${f} at=${Object.assign(row, { holder: lazyRow(f, at, q.name, row) })} questions=${mine} /></div>`)}
    <button type="button" class="second wide" onClick=${() => f.addRow(at, q.name)}>${t('Add one more: {what}', { what: label(q.label) })}</button>
  </section>`;
}

// A row that only the agent has becomes one of the answers' when it is written to.
function lazyRow(f, at, name, row) {
  return new Proxy(row.holder, {
    set(_, key, value) {
      f.openRows(at, name)[row.index][key] = value;
      return true;
    },
  });
}

function Questions({ f, at, questions }) {
  return questions.map((q, i) => {
    if (q.type === 'group')
      return f.isAsked(at, q) && html`<section key=${q.name}><h3>${label(q.label)}</h3>
        <${Questions} f=${f} at=${at} questions=${inside(f.form, q.name)} /></section>`;
    if (q.type === 'repeat') return f.isAsked(at, q) && html`<${Repeat} key=${q.name} f=${f} at=${at} q=${q} />`;
    return [isPlace(questions, i) && html`<${Place} f=${f} at=${at} />`, html`<${Question} key=${q.name} f=${f} at=${at} q=${q} />`];
  });
}

// ---- from screen to screen ---------------------------------------------------------------------------------------------------

const isEmpty = (f, screen) => !screen.questions.some(q => f.isAsked(f.top, q)) ||
  !!screen.group && f.check && f.check.questions[screen.group] && !f.check.questions[screen.group].asked;

function next(f, screens, from, step) {
  let i = from + step;
  while (i >= 0 && i < screens.length && isEmpty(f, screens[i])) i += step;
  return i;
}

function wrongOn(f, screen) {
  return f.wrong(f.top, screen.questions, name => inside(f.form, name));
}

function showWrong(f, paths, main) {
  paths.forEach(p => { f.seen[p] = true; });
  f.changed();
  setTimeout(() => {
    const first = main && main.querySelector('.wrong input, .wrong select, .wrong textarea, .wrong button');
    if (first) first.focus();
  }, 0);
}

export function Screen({ f, screens, args, go }) {
  const main = useRef(null);
  const [stuck, setStuck] = useState(false);
  const at = Math.min(f.draft.screen || 0, screens.length - 1);
  const screen = screens[at];
  const move = to => {
    setStuck(false);
    f.draft.screen = to;
    f.touched(false);
    scrollTo(0, 0);
    const title = main.current.querySelector('h2');
    if (title) title.focus();
  };
  const last = next(f, screens, at, 1) >= screens.length;
  const forward = async () => {
    await f.look();
    const wrong = wrongOn(f, screen);
    if (wrong.length) {
      setStuck(true);
      showWrong(f, wrong, main.current);
    } else {
      move(next(f, screens, at, 1));
    }
  };
  const save = async () => {
    await f.look();
    const bad = screens.map((s, i) => isEmpty(f, s) ? [] : wrongOn(f, s).map(path => ({ path, i }))).reduce((a, b) => a.concat(b), []);
    if (bad.length) {
      setStuck(true);
      if (bad[0].i !== at) move(bad[0].i);
      showWrong(f, bad.map(b => b.path), main.current);
      return;
    }
    const id = await f.save();
    if (id) go(args.back || '/today', { saved: id });
  };
  const submit = e => {
    e.preventDefault();
    if (last) save();
    else forward();
  };
  return html`<form ref=${main} onSubmit=${submit} novalidate autocomplete="off">
    ${screens.length > 1 && html`<h2 tabindex="-1">${t('Part {n} of {all}', { n: at + 1, all: screens.length })}${screen.title ? `: ${label(screen.title)}` : ''}</h2>
      <progress class="steps" aria-hidden="true" value=${at + 1} max=${screens.length}></progress>`}
    <${Questions} f=${f} at=${f.top} questions=${screen.questions} />
    ${f.problem && html`<${Alert} kind="bad">${f.problem}<//>`}
    ${stuck && wrongOn(f, screen).length > 0 && html`<p class="error">${t('Look at what is marked in red.')}</p>`}
    <div class="buttons steps">
      ${next(f, screens, at, -1) >= 0 && html`<button type="button" class="second" onClick=${() => move(next(f, screens, at, -1))}>${t('Back')}</button>`}
      ${stuck && !last && html`<button type="button" class="second" onClick=${() => move(next(f, screens, at, 1))}>${t('Leave it for later')}</button>`}
      <button type="submit" disabled=${f.saving}>${last ? t('Save') : t('Next')}</button>
    </div></form>`;
}

// ---- the page ------------------------------------------------------------------------------------------------------------------

function Drop({ f, args, go }) {
  const [sure, ask] = useState(false);
  const drop = async () => {
    const name = f.draft.name;
    f.close();
    f.dirty = false;
    await f.sending;
    dropHere(name);
    await del(`/api/draft/${name}`).catch(() => {});
    go(args.back || '/today');
  };
  if (!sure) return html`<p><button type="button" class="plain" onClick=${() => ask(true)}>${t('Throw this form away')}</button></p>`;
  return html`<${Alert} kind="bad"><p>${t('What was answered in it is lost then.')}</p>
    <button type="button" class="danger" onClick=${drop}>${t('Throw it away')}</button>
    <button type="button" class="plain" onClick=${() => ask(false)}>${t('Keep it')}</button><//>`;
}

export default function Form({ args, go }) {
  const { f, error } = useFilling(args, go);
  if (!f) return html`<${Waiting} of=${{ data: null, error }} />`;
  return html`<h1>${label(f.form.label)}</h1>
    <p class="quiet">${f.draft.record ? `${t('correcting')} · ` : ''}<span role="status">${f.unkept ? t('This browser keeps nothing: do not close it.') : f.dirty ? t('Kept in this browser') : t('Kept')}</span></p>
    <${Screen} f=${f} screens=${screensOf(f.form)} args=${args} go=${go} />
    <${Drop} f=${f} args=${args} go=${go} />`;
}
