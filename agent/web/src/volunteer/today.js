// today.js - where a volunteer's day begins: what this node is for, and what waits to be sent.
import { Alert, html, useGet, Waiting } from '../parts.js';
import { num, t, time } from '../text.js';

export default function Today() {
  const status = useGet('/api/status', {}, ['records', 'sync']);
  const s = status.data;
  if (!s) return html`<${Waiting} of=${status} />`;
  return html`<h2>${s.unit_name}</h2>
    <p>${t('{n} records made on this device', { n: num(s.records) })}</p>
    ${s.pending > 0 && html`<${Alert}>${t('{n} changes wait to be sent', { n: num(s.pending) })}<//>`}
    <p class="quiet">${s.sync && s.sync.last ? t('Last sync: {when}', { when: time(s.sync.last.ended_ms) }) : t('No sync yet since the program was started')}</p>`;
}
