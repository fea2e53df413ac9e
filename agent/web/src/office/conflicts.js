// conflicts.js - answers that two people changed apart, side by side; a press on the right one settles it.
import { post } from '../api.js';
import { Dialog, Failed, Field, html, useGet, useState, Waiting } from '../parts.js';
import { view } from '../route.js';
import { label, t, time } from '../text.js';
import { farApart, marked, More, placeName, useDoing, useList, useSaid } from './common.js';

// ---- one of them ----------------------------------------------------------------------------------------------------------

function Side({ side, text, stands, far, busy, onTake }) {
  return html`<button type="button" class=${`claim${far ? ' far' : ''}`} disabled=${busy} onClick=${onTake}>
    <span class="value">${side.text === null ? html`<em>${t('no answer')}</em>` : text}</span>
    <span class="author">${side.name || side.node}, ${time(side.ms)}</span>
    <span class="does">${stands ? t('Keep this one') : t('Take this one')}</span></button>`;
}

function Conflict({ c, busy, onSettle, onOther }) {
  const [won, lost] = c.won.text === null || c.lost.text === null ? [c.won.text, c.lost.text] : marked(c.won.text, c.lost.text);
  const far = farApart(c.won.value, c.lost.value);
  const settle = args => () => onSettle(c, args);
  const name = label(c.label) || c.question;
  return html`<li class="card conflict">
    <h3>${name}</h3>
    <p class="quiet">${c.key ? t('{form} {key}', { form: label(c.form_label) || c.form, key: c.key }) : c.record} · ${placeName(c)}
      ${far && html` · <strong class="note">${t('far apart')}</strong>`}</p>
    <div class="versus">
      <${Side} side=${c.won} text=${won} stands=${true} far=${far} busy=${busy} onTake=${settle({ how: 'keep' })} />
      <${Side} side=${c.lost} text=${lost} far=${far} busy=${busy} onTake=${settle({ how: 'take', value: c.lost.value })} />
    </div>
    <div class="row spread"><button type="button" class="plain" disabled=${busy} onClick=${onOther}>${t('Neither is right...')}</button>
      ${c.key && html`<a class="look" href=${view('/record', { id: c.record, back: '/review' })}>${t('The record')}</a>`}</div></li>`;
}

// ---- neither is right ---------------------------------------------------------------------------------------------------

const inputs = { integer: { inputmode: 'numeric' }, decimal: { inputmode: 'decimal' }, date: { type: 'date' }, time: { type: 'time' } };

function Answer({ question, form, value, onValue, wired }) {
  const choices = useGet(question.type === 'select_one' ? `/api/form/${form}/list/${question.list}` : null, { limit: 500 });
  if (choices.data && !choices.data.next)
    return html`<select ...${wired} value=${value} onChange=${e => onValue(e.target.value)}><option value=""></option>
      ${choices.data.choices.map(o => html`<option key=${o.name} value=${o.name}>${label(o.label) || o.name}</option>`)}</select>`;
  return html`<input ...${wired} ...${inputs[question.type] || {}} value=${value} onInput=${e => onValue(e.target.value)} />`;
}

function Other({ c, onClose, onSettle }) {
  const form = useGet(`/api/form/${c.form}`);
  const [value, setValue] = useState('');
  const question = form.data && form.data.questions.filter(q => q.name === c.question)[0];
  return html`<${Dialog} title=${label(c.label) || c.question} onClose=${onClose}>
    ${question ? html`<form onSubmit=${e => { e.preventDefault(); if (value) onSettle(c, { how: 'set', value }); }}>
      <${Field} label=${t('The right answer')}>${wired => html`<${Answer} question=${question} form=${c.form} value=${value}
        onValue=${setValue} wired=${wired} />`}<//>
      <div class="buttons"><button disabled=${!value}>${t('Settle with it')}</button></div></form>` : html`<${Waiting} of=${form} />`}<//>`;
}

// ---- the list -----------------------------------------------------------------------------------------------------------

export default function Conflicts({ args, who }) {
  const list = useList('/api/conflicts', 'conflicts', { unit: args.unit }, ['records']);
  const doing = useDoing();
  const [other, setOther] = useState(null);
  const [Said, say] = useSaid();
  const settle = async (c, how) => {
    const done = await doing.run(() => post(`/api/record/${c.record}/settle/${c.question}`, {}, Object.assign({ person: who.person }, how)));
    setOther(null);
    if (done) say(t('{question} is settled.', { question: label(c.label) || c.question }));
    list.reload();
  };
  if (!list.data) return html`<${Waiting} of=${list} />`;
  return html`<p>${t('Two people changed the same answer without having seen each other\'s change. Press the one that is right; the other stays in the history.')}</p>
    ${list.rows.length > 0 && who.picker}${Said}<${Failed} error=${doing.error || list.error} />
    ${list.rows.length ? html`<ul class="plain-list columns">${list.rows.map(c => html`<${Conflict}
      key=${`${c.record}/${c.question}/${c.lost.node}/${c.lost.ms}`} c=${c} busy=${doing.busy} onSettle=${settle} onOther=${() => setOther(c)} />`)}</ul>` :
      html`<p class="done">${t('No conflicts.')}</p>`}
    <${More} list=${list} />
    ${other && html`<${Other} c=${other} onClose=${() => setOther(null)} onSettle=${settle} />`}`;
}
