// join.js - a device that is nobody's yet becomes the one that an invite speaks of: typed, pasted or scanned.
import { post } from '../api.js';
import { Alert, Field, html, useState } from '../parts.js';
import { t } from '../text.js';
import { canScan, Scanner } from './scan.js';

const DONE = {
  device: () => t('Recording can begin at once, with or without a network.'),
  office: () => t('Records of its villages come here once they sync.'),
};

export default function Join({ onJoined }) {
  const [invite, setInvite] = useState('');
  const [name, setName] = useState('');
  const [error, setError] = useState(null);
  const [joined, setJoined] = useState(null);
  const [scanning, scan] = useState(false);
  if (joined)
    return html`<h1>${t('Welcome')}</h1>
      <${Alert} kind="good">${t('This is now {name}, for {place}.', { name: joined.name, place: joined.unit_name })}<//>
      <p>${DONE[joined.role] ? DONE[joined.role]() : ''}</p>
      <button type="button" class="wide large" onClick=${onJoined}>${t('Begin')}</button>`;
  const join = e => {
    e.preventDefault();
    post('/api/join', { invite: invite.trim(), name: name.trim() }).then(setJoined, bad => setError(bad.status ? bad.message : null));
  };
  return html`<h1>${t('Join')}</h1>
    <p>${t('The commune office gives you an invite: a line that begins with CAYDA: or a square code. It makes this device one of your team\'s.')}</p>
    <form onSubmit=${join} autocomplete="off">
      ${canScan() && html`<p><button type="button" class="second wide large" onClick=${() => scan(true)}>${t('Scan the code')}</button></p>`}
      <${Field} label=${t('Invite')} error=${error} required=${true}>${wired => html`<textarea rows="5" ...${wired} value=${invite}
        placeholder="CAYDA:..." spellcheck=${false} autocapitalize="characters" onInput=${e => { setInvite(e.target.value); setError(null); }}></textarea>`}<//>
      <${Field} label=${t('Name of this device')} hint=${t('Else as the invite says.')}>${wired => html`<input type="text" ...${wired} value=${name}
        maxlength="60" onInput=${e => setName(e.target.value)} />`}<//>
      <button type="submit" class="wide large" disabled=${!invite.trim()}>${t('Join')}</button></form>
    ${scanning && html`<${Scanner} onClose=${() => scan(false)} onText=${text => { scan(false); setInvite(text); }} />`}`;
}
