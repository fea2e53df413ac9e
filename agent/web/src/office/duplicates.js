// duplicates.js - households that look like one recorded twice, side by side; and those that were joined, to take it back.
import { post } from '../api.js';
import { Failed, html, useGet, Waiting } from '../parts.js';
import { view } from '../route.js';
import { day, label, num, t } from '../text.js';
import { marked, More, placeName, useDoing, useList, useSaid } from './common.js';

const AT_FIRST = 20;      // pairs, side by side: a screen each

// ---- a record's answers as people read them ----------------------------------------------------------------------------

function shown(question, value) {
  if (value === null || value === undefined || value === '') return '';
  if (question.type === 'date') return day(value);
  if (typeof value === 'number' && question.type === 'decimal') return num(value);
  return Array.isArray(value) ? value.join(', ') : String(value);
}

function nameOf(record, form) {
  const key = form && form.key ? record[form.key] : null;
  return [key === null || key === undefined ? record.id : t('No. {n}', { n: key }), record.head].filter(Boolean).join(', ');
}

function Compared({ a, b, form, alike }) {
  const questions = form ? form.questions.filter(q => a[q.name] !== undefined && (shown(q, a[q.name]) || shown(q, b[q.name]))) : [];
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${t('Answers of both')}><table class="compared">
    <thead><tr><td></td><th scope="col">${nameOf(a, form)}</th><th scope="col">${nameOf(b, form)}</th></tr></thead>
    <tbody>${questions.map(q => {
      const [x, y] = [shown(q, a[q.name]), shown(q, b[q.name])];
      const [left, right] = x === y || !x || !y ? [x, y] : marked(x, y);
      return html`<tr key=${q.name} class=${alike.indexOf(q.name) >= 0 ? 'alike' : null}>
        <th scope="row">${label(q.label) || q.name}</th><td>${left}</td><td>${right}</td></tr>`;
    })}<tr><th scope="row">${t('Recorded as')}</th>${[a, b].map(r => html`<td key=${r.id}><a href=${view('/record', { id: r.id, back: '/review' })}>${r.id}</a></td>`)}</tr></tbody></table></div>`;
}

// ---- the lists -----------------------------------------------------------------------------------------------------------

function Pair({ d, form, busy, onSay }) {
  return html`<li class="card">
    <p class="quiet">${placeName(d)}</p>
    <${Compared} a=${d.a} b=${d.b} form=${form} alike=${d.same} />
    <div class="buttons">
      <button type="button" disabled=${busy} onClick=${() => onSay('merge', d.a, d.b)}>${t('The same: keep the left one')}</button>
      <button type="button" disabled=${busy} onClick=${() => onSay('merge', d.b, d.a)}>${t('The same: keep the right one')}</button>
      <button type="button" class="second" disabled=${busy} onClick=${() => onSay('differ', d.a, d.b)}>${t('Two different households')}</button>
    </div></li>`;
}

function Joined({ form, busy, onSay, list }) {
  if (!list.rows.length) return null;
  return html`<h2>${t('Joined already')}</h2>
    <ul class="plain-list">${list.rows.map(g => html`<li key=${g.other.id} class="row line">
      <span>${t('{keep} stands for {other}', { keep: nameOf(g.keep, form), other: nameOf(g.other, form) })}<br />
        <small>${placeName(g)}</small></span>
      ${g.said ? html`<button type="button" class="second" disabled=${busy} onClick=${() => onSay('undo', g.other)}>${t('Take it back')}</button>` :
        html`<small>${t('both came from one submission')}</small>`}</li>`)}</ul>
    <${More} list=${list} />`;
}

export default function Duplicates({ args, who }) {
  const list = useList('/api/duplicates', 'duplicates', { unit: args.unit }, ['records'], AT_FIRST);
  const joined = useList('/api/joined', 'joined', { unit: args.unit }, ['records']);
  const form = useGet('/api/form/household');
  const doing = useDoing();
  const [Said, say] = useSaid();
  const told = { merge: t('Joined: reports count them once. It can be taken back below.'), undo: t('Each stands for itself again.'),
    differ: t('They will not be proposed again.') };
  const onSay = async (what, a, b) => {
    const pair = { other: b ? b.id : null, person: who.person };
    if (await doing.run(() => post(`/api/record/${a.id}/same/${what}`, {}, pair))) say(told[what]);
    list.reload();
    joined.reload();
  };
  if (!list.data || !joined.data) return html`<${Waiting} of=${list.data ? joined : list} />`;
  return html`<p>${t('Households of one village with the same address, code or head: perhaps one that was recorded twice. Nothing of the records changes when they are joined.')}</p>
    ${list.rows.length > 0 && who.picker}${Said}<${Failed} error=${doing.error || list.error || joined.error} />
    ${list.rows.length ? html`<ul class="plain-list">${list.rows.map(d => html`<${Pair} key=${`${d.a.id}/${d.b.id}`} d=${d}
      form=${form.data} busy=${doing.busy} onSay=${onSay} />`)}</ul>` : html`<p class="done">${t('No households look like one recorded twice.')}</p>`}
    <${More} list=${list} />
    <${Joined} list=${joined} form=${form.data} busy=${doing.busy} onSay=${onSay} />`;
}
