// enrol.js - inviting a device: for which place, then the picture and the line that bring it here.
import { onEvent, get, post } from '../api.js';
import { Alert, Dialog, Failed, Field, html, useEffect, useRef, useState } from '../parts.js';
import { t } from '../text.js';
import { placeName, PlacePicker, useDoing } from './common.js';

const QUIET = 4;      // light modules around the code, ISO/IEC 18004

// rows: texts of 0 and 1. Runs of dark modules make one path.
export function Qr({ rows, title }) {
  const size = rows.length + 2 * QUIET;
  const path = [];
  rows.forEach((row, y) => row.replace(/1+/g, (run, x) => path.push(`M${x + QUIET} ${y + QUIET}h${run.length}v1h-${run.length}z`)));
  return html`<svg class="qr" viewBox=${`0 0 ${size} ${size}`} role="img" aria-label=${title} shape-rendering="crispEdges">
    <rect width=${size} height=${size} fill="#fff" /><path d=${path.join('')} fill="#000" /></svg>`;
}

// ---- asking ---------------------------------------------------------------------------------------------------------------

function Ask({ top, addresses, onInvite }) {
  const doing = useDoing();
  const [path, setPath] = useState([]);
  const [name, setName] = useState('');
  const [role, setRole] = useState('');
  const [address, setAddress] = useState(addresses || '');
  const make = async e => {
    e.preventDefault();
    let invite;
    const wanted = { unit: path[path.length - 1] || top, name, role, address: address.trim().replace(/[\s,;]+/g, ' ') };
    if (await doing.run(async () => { invite = await post('/api/invite', {}, wanted); })) onInvite(invite);
  };
  return html`<form onSubmit=${make}><${Failed} error=${doing.error} />
    <${Field} label=${t('For which place')} hint=${t('It records there and in what lies below, and gets no other place\'s personal data.')}>
      ${wired => html`<${PlacePicker} top=${top} path=${path} onPath=${setPath} wired=${wired} />`}<//>
    <${Field} label=${t('Name')} hint=${t('Who has it, for example "chị Hoa". Else it is called like the place.')}>
      ${wired => html`<input ...${wired} value=${name} maxlength="120" onInput=${e => setName(e.target.value)} />`}<//>
    <${Field} label=${t('Kind')}>${wired => html`<select ...${wired} value=${role} onChange=${e => setRole(e.target.value)}>
      <option value="">${t('as usual for the place')}</option>
      <option value="device">${t('device: records')}</option>
      <option value="office">${t('office: also invites others')}</option></select>`}<//>
    <${Field} label=${t('Where it reaches this machine')} required=${true}
      hint=${t('HOST:PORT as seen from outside, for example 203.0.113.7:5684; several with a space. Kept for next time.')}>
      ${wired => html`<input ...${wired} value=${address} required autocapitalize="none" spellcheck="false"
        onInput=${e => setAddress(e.target.value)} />`}<//>
    <div class="buttons"><button disabled=${doing.busy || !address.trim()}>${t('Make the invite')}</button></div></form>`;
}

// ---- handing over ---------------------------------------------------------------------------------------------------------

function Copy({ text, from }) {
  const [copied, set] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
    } catch (e) {      // an old browser
      from.current.select();
      document.execCommand('copy');
    }
    set(true);
  };
  return html`<button type="button" class="second" onClick=${copy}>${copied ? t('Copied') : t('Copy the line')}</button>`;
}

// Whether the node has come meanwhile: its invite is no longer among those that wait.
function useArrived(number) {
  const [arrived, set] = useState(false);
  useEffect(() => onEvent('records', () => {
    get('/api/nodes', { limit: 1 }).then(d => set(!d.invites.some(i => i.node === number)), () => {});
  }), [number]);
  return arrived;
}

function Hand({ invite, onClose, onAgain }) {
  const line = useRef(null);
  const box = useRef(null);
  const arrived = useArrived(invite.node);
  useEffect(() => { box.current.parentNode.scrollTop = 0; }, [invite.node]);
  return html`<div class="invite" ref=${box}>
    ${arrived && html`<${Alert} kind="good">${t('{name} has joined and synced.', { name: invite.name })}<//>`}
    <p><strong>${invite.name}</strong>, ${placeName(invite)} (${invite.unit})</p>
    <${Qr} rows=${invite.qr} title=${t('The invite as a QR code')} />
    <ol><li>${t('On the new device, open the program and scan this picture, or give it the line below.')}</li>
      <li>${t('Recording can begin at once, without a network. The first sync makes it known here.')}</li></ol>
    <${Field} label=${t('The invite as a line')}>${wired => html`<textarea ...${wired} ref=${line} readonly rows="5" class="code">${invite.uri}</textarea>`}<//>
    <p><small>${t('Good for one device, once. Hand it over in person, or by a message that only its owner reads: whoever has it can join.')}</small></p>
    <div class="buttons"><${Copy} text=${invite.uri} from=${line} />
      <button type="button" class="second" onClick=${() => print()}>${t('Print')}</button>
      <button type="button" class="second" onClick=${onAgain}>${t('Invite another')}</button>
      <button type="button" onClick=${onClose}>${t('Done')}</button></div></div>`;
}

export default function Enrol({ top, addresses, onClose }) {
  const [invite, setInvite] = useState(null);
  useEffect(() => {      // on paper it stands alone
    document.body.classList.add('covered');
    return () => document.body.classList.remove('covered');
  }, []);
  return html`<${Dialog} title=${invite ? t('The invite') : t('Invite a device')} onClose=${onClose}>
    ${invite ? html`<${Hand} invite=${invite} onClose=${onClose} onAgain=${() => setInvite(null)} />` :
      html`<${Ask} top=${top} addresses=${addresses} onInvite=${setInvite} />`}<//>`;
}
