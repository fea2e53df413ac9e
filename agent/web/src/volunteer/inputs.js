// inputs.js - one question of a form, and what it is answered with.
import { Field, html, useState } from '../parts.js';
import { getLanguage, label, t } from '../text.js';
import { Acknowledge, ManyOf, OneOf, RecordOf } from './choices.js';
import { GeoPoint } from './place.js';
import { canScan, Scanner } from './scan.js';

// Numbers by the number pad, telephones by the telephone's.
function entry(q) {
  if (q.type === 'integer') return { type: 'text', inputmode: 'numeric', autocomplete: 'off' };
  if (q.type === 'decimal') return { type: 'text', inputmode: 'decimal', autocomplete: 'off' };
  if (q.type === 'date') return { type: 'date' };
  if (q.type === 'time') return { type: 'time' };
  if (q.type === 'datetime') return { type: 'datetime-local' };
  if (/phone|(^|_)tel($|_)|dien_thoai/.test(q.name) || q.appearance === 'numbers')
    return { type: 'tel', inputmode: 'tel', autocomplete: 'off' };
  return { type: 'text', autocomplete: 'off' };
}

// A Vietnamese comma is a point to the agent, and what it says of a time has seconds.
function shown(q, v) {
  if (v === null || v === undefined) return '';
  if (q.type === 'time') return String(v).slice(0, 5);
  if (q.type === 'datetime') return String(v).slice(0, 16);
  return q.type === 'decimal' && getLanguage() === 'vi' ? String(v).replace('.', ',') : String(v);
}

function typed(q, text) {
  return q.type === 'decimal' ? text.replace(',', '.').replace(/\s/g, '') : q.type === 'integer' ? text.replace(/\s/g, '') : text;
}

function Entry({ f, at, q, wired }) {
  const [scanning, scan] = useState(false);
  const value = shown(q, f.value(at, q.name));
  const all = Object.assign({}, entry(q), wired, {
    name: q.name, value,
    onInput: e => f.set(at, q.name, typed(q, e.target.value), { typing: true }),
    onBlur: () => f.see(at, q),
    onChange: () => f.look(),
  });
  if (/multiline/.test(q.appearance || '')) return html`<textarea rows="4" ...${Object.assign(all, { type: null })}></textarea>`;
  if (q.kind !== 'barcode' || !canScan()) return html`<input ...${all} />`;
  return html`<div class="row"><input ...${all} />
    <button type="button" class="second" onClick=${() => scan(true)}>${t('Scan')}</button>
    ${scanning && html`<${Scanner} onClose=${() => scan(false)} onText=${text => { scan(false); f.set(at, q.name, text); }} />`}</div>`;
}

function Told({ f, at, q, text }) {
  return html`<div class="field"><span class="label">${text}</span><p>${shown(q, f.value(at, q.name)) || '-'}</p></div>`;
}

function control(q) {
  if (q.type === 'record') return RecordOf;
  if (q.kind === 'acknowledge' || q.kind === 'trigger') return Acknowledge;
  if (q.type === 'select_one' || /^select_one/.test(q.type)) return OneOf;
  if (q.type === 'select_multiple') return ManyOf;
  if (q.type === 'geopoint') return GeoPoint;
  return null;
}

// at: where in the form (filling.js). Nothing, while the answers so far do not ask for it.
export function Question({ f, at, q }) {
  if (!f.isAsked(at, q)) return null;
  const said = at.node.questions[q.name] || {};
  const text = said.text || label(q.label) || q.name;
  if (q.type === 'note') return html`<p class="said">${text}</p>`;
  const value = f.value(at, q.name);
  if (q.computed && (value === null || value === '')) return null;
  if (q.read_only || q.computed) return html`<${Told} f=${f} at=${at} q=${q} text=${text} />`;
  const error = f.shownError(at, q);
  const required = said.required === undefined ? q.required : said.required;
  const Control = control(q);
  if (Control) return html`<${Control} f=${f} at=${at} q=${q} text=${text} error=${error} required=${required} />`;
  return html`<${Field} label=${text} hint=${label(q.hint)} error=${error} required=${required}>
    ${wired => html`<${Entry} f=${f} at=${at} q=${q} wired=${wired} />`}<//>`;
}
