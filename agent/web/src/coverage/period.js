// period.js - the periods that somebody may choose: this one and those before.
import { Field, html } from '../parts.js';
import { t } from '../text.js';

const QUARTERS = 6, YEARS = 3;

export function quarterOf(ms) {
  const d = new Date(ms);
  return `${d.getFullYear()}-Q${Math.floor(d.getMonth() / 3) + 1}`;
}

function quarters(ms) {
  const d = new Date(ms), out = [];
  for (let i = 0; i < QUARTERS; i++) out.push(quarterOf(new Date(d.getFullYear(), d.getMonth() - 3 * i, 1).getTime()));
  return out;
}

// A code is a unit's of a day: of a period its last.
export function lastDay(p) {
  const [year, rest] = p.split('-');
  return `${year}-${rest ? ['03-31', '06-30', '09-30', '12-31'][rest[1] - 1] : '12-31'}`;
}

// 2026 or 2026-Q3: what is offered here.
export function isPeriod(p) {
  return /^\d{4}(-Q[1-4])?$/.test(p || '');
}

export function periodName(p) {
  const [year, rest] = p.split('-');
  if (!isPeriod(p)) return p;
  return rest ? t('quarter {n} of {year}', { n: rest.slice(1), year }) : t('year {year}', { year });
}

// now: this node's clock; value: '' for what everybody means by nothing chosen, named none.
export function Period({ now, value, none, onChange }) {
  const year = new Date(now).getFullYear();
  const all = quarters(now).concat(Array.from({ length: YEARS }, (x, i) => String(year - i)));
  if (value && all.indexOf(value) < 0) all.push(value);
  return html`<${Field} label=${t('Period')}>${wired => html`<select ...${wired} onChange=${e => onChange(e.target.value)}>
    ${none && html`<option value="" selected=${!value}>${none}</option>`}
    ${all.map(p => html`<option key=${p} value=${p} selected=${p === value}>${periodName(p)}</option>`)}</select>`}<//>`;
}
