// record.js - one record: its answers, how far it has come, who changed what, and what can be recorded about it.
import { Alert, html, useGet, useState, Waiting } from '../parts.js';
import { view } from '../route.js';
import { day, label, num, t, time } from '../text.js';
import { aboutOf, useForms, useLabels } from './ask.js';
import { titleOf } from './choices.js';
import { Held } from './held.js';
import { inside } from './screens.js';

function text(q, v, labelOf) {
  if (q.list) return (Array.isArray(v) ? v : String(v).split(' ')).map(n => labelOf(q.list, n)).join(', ');
  if (q.type === 'date') return day(v);
  if (q.type === 'decimal' || q.type === 'integer') return q.name === 'lat' || q.name === 'lon' ? num(v, 5) : num(v);
  if (q.type === 'time') return String(v).slice(0, 5);
  return String(v);
}

function Answers({ form, answers, within }) {
  const labelOf = useLabels(form, answers);
  return inside(form, within).map(q => {
    const v = answers[q.name];
    if (q.type === 'group') return html`<section key=${q.name}><h3>${label(q.label)}</h3><${Answers} form=${form} answers=${answers} within=${q.name} /></section>`;
    if (q.type === 'repeat')
      return (v || []).map((row, i) => html`<section class="card" key=${q.name + i}><h3>${label(q.label)} ${i + 1}</h3>
        <${Answers} form=${form} answers=${row} within=${q.name} /></section>`);
    if (v === null || v === undefined || v === '' || q.type === 'note') return null;
    if (q.type === 'record')
      return html`<div class="answer" key=${q.name}><span>${label(q.label)}</span><a href=${view('/record', { id: v })}>${t('Look at it')}</a></div>`;
    return html`<div class="answer" key=${q.name}><span>${label(q.label)}</span><strong>${text(q, v, labelOf)}</strong></div>`;
  });
}

// Records of another form that are about this one, newest first.
function About({ form, id }) {
  const found = useGet('/api/records', { form: form.code, about: id, limit: 500 }, ['records']);
  const records = found.data ? found.data.records.slice().reverse() : [];
  if (!records.length) return null;
  return html`<h2>${label(form.label)}</h2><ul class="list">${records.map(r => html`<li key=${r.id}><a href=${view('/record', { id: r.id })}>
    <span>${form.date && r[form.date] ? day(r[form.date]) : r.id}</span><${Held} held=${r.held} /></a></li>`)}</ul>`;
}

const WHAT = {
  recorded: () => t('recorded'),
  answered: () => t('answered'),
  changed: () => t('changed'),
  deleted: () => t('deleted'),
  settled: () => t('settled'),
  joined: x => t('the same as {id}', { id: x.new }),
  different: x => t('not the same as {id}', { id: x.new }),
  parted: x => t('no longer joined to {id}', { id: x.new }),
};

function History({ id, form }) {
  const [open, show] = useState(false);
  const h = useGet(open ? `/api/record/${id}/history` : null);
  const questionOf = name => form.questions.filter(x => x.name === name)[0];
  const labelOf = name => questionOf(name) ? label(questionOf(name).label) : name || '';
  const values = {};
  (h.data ? h.data.history : []).forEach(x => {
    const all = values[x.question] = values[x.question] || [];
    [x.old, x.new].forEach(v => v && all.push.apply(all, v.split(' ')));
  });
  const choiceOf = useLabels(form, values);
  const shown = (name, v) => v && questionOf(name) ? text(questionOf(name), v, choiceOf) : v;
  return html`<p><button type="button" class="plain" aria-expanded=${open} onClick=${() => show(!open)}>${t('Who changed what')}</button></p>
    ${open && h.data && html`<ul class="list">${h.data.history.map((x, i) => html`<li class="change" key=${i}>
      <small>${time(x.ms)} · ${t('device {n}', { n: x.by })}</small><div>${WHAT[x.what] ? WHAT[x.what](x) : x.what} ${labelOf(x.question)}${x.question ?
  html`: <del>${shown(x.question, x.old)}</del> <strong>${shown(x.question, x.new)}</strong>` : ''}</div></li>`)}</ul>`}`;
}

function headOf(r, form) {
  return form.date && !form.key && r[form.date] ? day(r[form.date]) : titleOf(r, form).text;
}

export default function Record({ args }) {
  const record = useGet(`/api/record/${args.id}`, {}, ['records']);
  const forms = useForms();
  const r = record.data;
  const form = r && forms.filter(f => f.code === r.form)[0];
  if (!form) return html`<${Waiting} of=${record} />`;
  const others = forms.filter(f => f.questions.some(q => q.type === 'record' && q.form === r.form))
    .sort((a, b) => !aboutOf(a) - !aboutOf(b));
  const fill = f => {
    const q = f.questions.filter(x => x.type === 'record' && x.form === r.form)[0];
    return view('/form', { form: f.code, unit: r.unit, [`a.${q.name}`]: r.id, back: args.back || '/households' });
  };
  return html`${args.saved && html`<${Alert} kind="good">${t('Saved.')}<//>`}
    <h1>${headOf(r, form)}</h1>
    <p class="quiet">${label(form.label)} · <${Held} held=${r.held} /></p>
    <div class="buttons">
      ${others.map(f => html`<a key=${f.code} class=${aboutOf(f) ? 'button' : 'button second'} href=${fill(f)}>${t('Record: {form}', { form: label(f.label) })}</a>`)}
      <a class="button second" href=${view('/form', { form: r.form, record: r.id, unit: r.unit, back: view('/record', { id: r.id }).slice(1) })}>${t('Correct it')}</a>
    </div>
    <${Answers} form=${form} answers=${r} within=${null} />
    ${others.map(f => html`<${About} key=${f.code} form=${f} id=${r.id} />`)}
    <${History} id=${r.id} form=${form} />`;
}
