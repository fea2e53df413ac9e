// give.js - a file of boundaries for this node's maps.
import { put } from '../api.js';
import { Failed, Field, html, useState } from '../parts.js';
import { t } from '../text.js';

const ALWAYS = '1900-01-01';      // as the agent writes "since ever"
const MOST = 1024 * 1024;         // bytes that a request may bring

function read(file) {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.onerror = () => failed(new Error(t('The file cannot be read.')));
    reader.readAsText(file);
  });
}

async function keep(file, from) {
  let topology;
  if (file.size > MOST) throw Object.assign(new Error(t('The file is larger than 1 MB: use the command "cayda unit boundaries".')), { status: 413 });
  try {
    topology = JSON.parse(await read(file));
  } catch (e) {
    throw Object.assign(new Error(t('That is no TopoJSON file.')), { status: 400 });
  }
  await put(`/api/map/${from || ALWAYS}`, topology);
}

// onKept: it is there.
export function Give({ onKept }) {
  const [file, setFile] = useState(null);
  const [from, setFrom] = useState('');
  const [state, set] = useState({ busy: false, error: null });
  const save = e => {
    e.preventDefault();
    set({ busy: true, error: null });
    keep(file, from).then(() => { set({ busy: false, error: null }); onKept(); }, error => set({ busy: false, error }));
  };
  return html`<details class="give"><summary>${t('Give this map other boundaries')}</summary><form onSubmit=${save}>
    <${Field} label=${t('TopoJSON file')} hint=${t('Shapes with the units\' codes as the property "code".')}>${wired => html`<input ...${wired} type="file"
      accept=".json,.topojson,application/json" onChange=${e => setFile(e.target.files[0] || null)} />`}<//>
    <${Field} label=${t('They hold from')} hint=${t('Leave it empty if they always did.')}>${wired => html`<input ...${wired} type="date" value=${from}
      onChange=${e => setFrom(e.target.value)} />`}<//>
    <${Failed} error=${state.error} />
    <p><button type="submit" disabled=${!file || state.busy}>${t('Keep them')}</button></p></form></details>`;
}
