// sync.js - where every record is, and one button that sends.
import { onEvent, post } from '../api.js';
import { Alert, html, Progress, useEffect, useGet, useRef, useState, Waiting } from '../parts.js';
import { bytes, num, span, t, time } from '../text.js';

const RATE_MS = 1000;      // of a sync, before an estimate means anything

const IDLE = { under_way: false, done: 0, total: 0 };

// done and total as they come; left_ms by the rate so far, or null.
function useProgress(first, ended) {
  const [state, set] = useState(first);
  const began = useRef(null);
  useEffect(() => set(s => Object.assign({ left_ms: first.under_way ? s.left_ms : null }, first)), [first]);
  useEffect(() => onEvent('sync', now => {
    const ms = Date.now();
    if (!now.under_way || !now.total) began.current = null;
    else if (!began.current || now.done < began.current.done) began.current = { ms, done: now.done };
    const b = began.current;
    const rate = b && ms - b.ms > RATE_MS ? (now.done - b.done) / (ms - b.ms) : 0;
    if (!now.under_way) ended();
    set(Object.assign({}, now, { left_ms: rate > 0 ? (now.total - now.done) / rate : null }));
  }), []);
  return state;
}

function Where({ s }) {
  const rows = [
    ['device', t('only on this device'), s.records - s.records_at_parent],
    ['parent', t('at the commune'), s.records_at_parent - s.records_at_root],
    ['root', t('at the province'), s.records_at_root],
  ];
  return html`<table class="where"><caption>${t('Where the records made on this device are')}</caption><tbody>
    ${rows.map(([key, text, n]) => html`<tr key=${key}><th scope="row"><span class=${`held ${key}`}>${text}</span></th><td class="number">${num(n)}</td></tr>`)}
  </tbody></table>`;
}

function Last({ last }) {
  if (!last) return html`<p class="quiet">${t('No sync yet since the program was started')}</p>`;
  if (last.error)
    return html`<${Alert} kind="bad"><p><strong>${t('The last sync did not get through ({when}).', { when: time(last.ended_ms) })}</strong></p>
      <p>${last.error}</p>
      <p>${t('Nothing is lost: the records stay on this device and are sent by themselves once there is a way. What you can do: see that Wi-Fi or mobile data is on, move to where there is signal, and press the button. If it fails for days, take this message to the commune office.')}</p><//>`;
  return html`<${Alert} kind="good">${last.up_to_date ? t('Everything was there already ({when}).', { when: time(last.ended_ms) }) :
    t('The last sync went well ({when}): {sent} sent, {received} received.',
      { when: time(last.ended_ms), sent: bytes(last.bytes_sent), received: bytes(last.bytes_received) })}
    ${last.packs_refused > 0 && html`<p>${t('{n} packs were not taken: tell the commune office.', { n: num(last.packs_refused) })}</p>`}<//>`;
}

function Going({ now }) {
  const line = now.total ? t('{done} of {total} sent', { done: bytes(now.done), total: bytes(now.total) }) : t('Looking for the office...');
  return html`<${Progress} value=${now.done} total=${now.total} label=${line} />
    ${now.left_ms > 0 && html`<p class="quiet">${t('about {span} left', { span: span(now.left_ms) })}</p>`}`;
}

export default function Sync() {
  const status = useGet('/api/status', {}, ['records']);
  const [error, setError] = useState(null);
  const s = status.data;
  const now = useProgress(s ? s.sync : IDLE, status.reload);
  if (!s) return html`<${Waiting} of=${status} />`;
  if (!s.sync.possible) return html`<p>${t('This is the province\'s own node: others send to it.')}</p>`;
  const ask = () => post('/api/sync').then(() => setError(null), e => setError(e.status ? e.message : null));
  return html`<button type="button" class="wide large" disabled=${now.under_way} onClick=${ask}>${now.under_way ? t('Sending...') : t('Send now')}</button>
    ${now.under_way ? html`<${Going} now=${now} />` : html`<${Last} last=${s.sync.last} />`}
    ${error && html`<${Alert} kind="bad">${error}<//>`}
    <p>${s.pending ? t('{n} changes wait to be sent', { n: num(s.pending) }) : t('Nothing waits to be sent.')}</p>
    <${Where} s=${s} />
    ${!s.enrolled && html`<${Alert}>${t('The office does not know this device yet: the first sync makes it known.')}<//>`}
    <p class="quiet">${s.name} · ${t('device {n}', { n: s.node })} · ${s.parents}</p>`;
}
