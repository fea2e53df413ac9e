// person.js - who is at work with this device: chosen once from the team's list, then in every record.
import { Field, html, useGet } from '../parts.js';
import { t } from '../text.js';

const KEPT_AS = 'person';
let chosen = null;      // on this page, whatever the browser keeps

export function person() {
  if (chosen !== null) return chosen;
  try {
    return localStorage.getItem(KEPT_AS) || '';
  } catch (e) {
    return '';
  }
}

function choose(id, done) {
  chosen = id;
  try {
    localStorage.setItem(KEPT_AS, id);
  } catch (e) { /* it is asked again next time */ }
  done();
}

export function Person({ onChange }) {
  const team = useGet('/api/records', { form: 'member', limit: 200 }, ['records']);
  if (!team.data || !team.data.records.length) return null;
  const here = team.data.records.some(r => r.id === person());
  return html`<${Field} label=${t('Who is at work')}>${wired => html`<select ...${wired}
    onChange=${e => choose(e.target.value, onChange)}>
    <option value="" selected=${!here}>${t('Not said')}</option>
    ${team.data.records.map(r => html`<option key=${r.id} value=${r.id} selected=${r.id === person()}>${r.name || r.id}</option>`)}
  </select>`}<//>`;
}
