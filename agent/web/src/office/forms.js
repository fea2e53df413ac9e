// forms.js - the forms there are; adding one from its sheet; what a volunteer sees of one.
import { sendFile } from '../api.js';
import { Alert, Failed, Field, html, Table, useGet, useState, Waiting } from '../parts.js';
import { view } from '../route.js';
import { label, num, t } from '../text.js';
import { useDoing, useSaid } from './common.js';

const FILE_MAX = 1024 * 1024;      // bytes that the agent takes

// ---- adding one -------------------------------------------------------------------------------------------------------------

// All of it, as it is now: a file that is saved again later cannot be read any more.
function read(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(new Error(t('The file cannot be read: choose it again.')));
    reader.readAsArrayBuffer(file);
  });
}

// What is wrong stands in one line that names sheet, row and column; it is read again after the sheet was mended.
function Upload({ onAdded }) {
  const [file, setFile] = useState(null);
  const [looked, setLooked] = useState(null);
  const doing = useDoing();
  const send = async check => {
    let told;
    const done = await doing.run(async () => { told = await sendFile('/api/form-file', file.bytes, { name: file.name, check: check ? 1 : null }); });
    setLooked(done && check ? told : null);
    if (done && !check) onAdded(told);
  };
  const choose = async e => {
    const chosen = e.target.files[0];
    setFile(null);
    setLooked(null);
    doing.clear();
    if (chosen && chosen.size > FILE_MAX) setFile({ name: chosen.name, size: chosen.size });
    else if (chosen) doing.run(async () => setFile({ name: chosen.name, size: chosen.size, bytes: await read(chosen) }));
  };
  const large = file && file.size > FILE_MAX;
  return html`<section class="card"><h2>${t('Add a form, or a new version of one')}</h2>
    <${Field} label=${t('The sheet')} hint=${t('An XLSForm as an Excel workbook (.xlsx), or an ODK XForm (.xml).')}
      error=${large ? t('The file is larger than 1 MB.') : null}>
      ${wired => html`<input ...${wired} type="file" accept=".xlsx,.xml" onChange=${choose}
        onClick=${e => { e.target.value = ''; }} />`}<//>
    ${doing.error && html`<${Alert} kind="bad"><p>${t('The sheet cannot be taken. Mend this, save it, and choose it again:')}</p><p class="fault">${doing.error.message}</p><//>`}
    ${looked && html`<${Alert} kind="good">${looked.version ? t('Nothing is wrong. It is a new version of {code}, of which version {n} is in force.', { code: looked.code, n: looked.version }) :
      t('Nothing is wrong. It is a new form, {code}.', { code: looked.code })}
      ${' '}${t('Once it is added every device gets it with its next sync, and questions can only be added, not taken out.')}<//>`}
    <div class="buttons">
      <button type="button" class=${looked ? 'second' : null} disabled=${!file || large || doing.busy} onClick=${() => send(true)}>${t('Check the sheet')}</button>
      ${looked && html`<button type="button" disabled=${doing.busy} onClick=${() => send(false)}>${t('Add it for everybody')}</button>`}
    </div></section>`;
}

export default function Forms({ status }) {
  const forms = useGet('/api/forms', {}, ['records']);
  const [Said, say] = useSaid();
  if (!forms.data) return html`<${Waiting} of=${forms} />`;
  const columns = [
    { key: 'label', title: t('Form'), value: f => label(f.label) || f.code,
      show: f => html`<span>${label(f.label) || f.code}<br /><small>${f.code}</small></span>` },
    { key: 'version', title: t('Version'), number: true, show: f => num(f.version) },
    { key: 'do', title: t('Look'), value: () => '', show: f => html`<a href=${view('/form-preview', { form: f.code })}
      aria-label=${t('Preview of {name}', { name: label(f.label) || f.code })}>${t('Preview')}</a>` },
  ];
  return html`${Said}<${Table} stack=${true} caption=${t('Forms')} columns=${columns} rows=${forms.data.forms} />
    <${Failed} error=${forms.error} />
    ${status && status.role === 'root' ? html`<${Upload} key=${forms.data.forms.length} onAdded=${told => {
      say(t('{code}: version {n} is in force.', { code: told.code, n: told.version }));
      forms.reload();
    }} />` : html`<p class="quiet">${t('Forms are added at the province, and come from there by sync.')}</p>`}`;
}
