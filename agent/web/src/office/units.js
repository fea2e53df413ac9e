// units.js - the tree of places, and the targets that are set for them.
import { href, put } from '../api.js';
import { Dialog, Failed, Field, html, Table, useGet, useState, Waiting } from '../parts.js';
import { label, num, percent, t } from '../text.js';
import { PlacePicker, Tabs, useDoing, useSaid } from './common.js';

// ---- the tree -------------------------------------------------------------------------------------------------------------

function Branch({ parent }) {
  const units = useGet('/api/units', { parent });
  if (!units.data) return html`<${Waiting} of=${units} />`;
  if (!units.data.below.length) return html`<p class="quiet">${t('Nothing is below it.')}</p>`;
  return html`<ul class="tree">${units.data.below.map(u => html`<${Leaf} key=${`${u.code}/${u.valid_from}`} unit=${u} />`)}</ul>`;
}

function Leaf({ unit }) {
  const [open, setOpen] = useState(false);
  const facts = html`<span>${unit.name} <small>${unit.code}${unit.valid_to ? ` · ${t('until {day}', { day: unit.valid_to })}` : ''}</small></span>
    <span class="quiet">${unit.households === null ? '' : t('{n} households', { n: num(unit.households) })}</span>`;
  if (unit.level === 'village') return html`<li class="leaf">${facts}</li>`;
  return html`<li><button type="button" class="leaf" aria-expanded=${open ? 'true' : 'false'} onClick=${() => setOpen(!open)}>
    <span class="mark" aria-hidden="true">${open ? '−' : '+'}</span>${facts}</button>
    ${open && html`<${Branch} parent=${unit.code} />`}</li>`;
}

function Tree() {
  const top = useGet('/api/units');
  if (!top.data) return html`<${Waiting} of=${top} />`;
  return html`<h2>${top.data.unit.name} <small>${top.data.unit.code}</small></h2><${Branch} parent=${top.data.unit.code} />
    <p class="quiet after">${t('Lists of places are read at the root, from files: cayda unit import, cayda unit change.')}</p>`;
}

// ---- targets --------------------------------------------------------------------------------------------------------------

function SetTarget({ indicators, of, top, onClose, onDone }) {
  const doing = useDoing();
  const [code, setCode] = useState(of.indicator || '');
  const [path, setPath] = useState([]);
  const [year, setYear] = useState(String(of.year || new Date().getFullYear()));
  const [share, setShare] = useState(of.share === undefined ? '' : num(of.share * 100));
  const [document, setDocument] = useState(of.document || '');
  const save = async e => {
    e.preventDefault();
    const unit = of.unit || path[path.length - 1];
    const part = Number(share.replace(',', '.').replace('%', '').trim()) / 100;
    const wanted = { indicator: code, unit, year, share: isFinite(part) ? String(Math.round(part * 1e6) / 1e6) : share, document };
    if (await doing.run(() => put('/api/target', {}, wanted))) onDone(t('The target is set. Others have it after their next sync.'));
  };
  const text = (value, set, more) => wired => html`<input ...${wired} ...${more} value=${value} onInput=${e => set(e.target.value)} />`;
  return html`<${Dialog} title=${of.indicator ? t('Change a target') : t('Set a target')} onClose=${onClose}>
    <form onSubmit=${save}><${Failed} error=${doing.error} />
      <${Field} label=${t('Indicator')}>${wired => html`<select ...${wired} value=${code} disabled=${!!of.indicator} onChange=${e => setCode(e.target.value)}>
        <option value=""></option>${indicators.filter(i => i.share).map(i => html`<option key=${i.code} value=${i.code}>${label(i.label) || i.code}</option>`)}</select>`}<//>
      ${of.unit ? html`<p><strong>${of.unit_name}</strong> (${of.unit})</p>` : html`<${Field} label=${t('For which place')}
        hint=${t('It holds for all places below that have none of their own.')}>
        ${wired => html`<${PlacePicker} top=${top} path=${path} onPath=${setPath} wired=${wired} />`}<//>`}
      <${Field} label=${t('Year')}>${text(year, setYear, { inputmode: 'numeric', required: true })}<//>
      <${Field} label=${t('Target, percent')}>${text(share, setShare, { inputmode: 'decimal', required: true })}<//>
      <${Field} label=${t('Document that sets it')}>${text(document, setDocument, {})}<//>
      <div class="buttons"><button disabled=${doing.busy || !code || !share.trim()}>${t('Set the target')}</button></div></form><//>`;
}

function Targets({ args, status }) {
  const all = useGet('/api/targets', {}, ['records']);
  const [setting, setSetting] = useState(null);
  const [Said, say] = useSaid();
  if (!all.data) return html`<${Waiting} of=${all} />`;
  const rows = [].concat(...all.data.indicators.map(i => i.targets.map(x => Object.assign({ indicator: i.code, title: label(i.label) || i.code }, x))))
    .map(r => Object.assign(r, { id: `${r.indicator}/${r.unit}/${r.year}` })).filter(r => !args.unit || r.unit === args.unit);
  const columns = [
    { key: 'title', title: t('Indicator'), show: r => html`<span>${r.title}${r.document && html`<br /><small>${r.document}</small>`}</span>` },
    { key: 'unit_name', title: t('Place') },
    { key: 'year', title: t('Year'), show: r => r.year },
    { key: 'share', title: t('Target'), number: true, show: r => percent(r.share) },
  ];
  if (all.data.may_set)
    columns.push({ key: 'do', title: t('Change'), value: () => '', show: r => html`<button type="button" class="plain"
      aria-label=${t('Change the target of {name} in {year}', { name: r.title, year: r.year })} onClick=${() => setSetting(r)}>${t('Change')}</button>` });
  return html`${all.data.may_set ? html`<div class="buttons"><button type="button" onClick=${() => setSetting({})}>${t('Set a target')}</button></div>` :
    html`<p class="quiet">${t('Targets are set at the province, and come from there by sync.')}</p>`}
    ${Said}<${Table} stack=${true} caption=${t('Targets')} columns=${columns} rows=${rows}
      downloads=${['csv'].map(format => ({ title: format.toUpperCase(), href: href('/api/targets', { format }) }))} />
    ${setting && html`<${SetTarget} indicators=${all.data.indicators} of=${setting} top=${status ? status.unit : null}
      onClose=${() => setSetting(null)} onDone=${text => { setSetting(null); say(text); all.reload(); }} />`}`;
}

export default function Units({ args, status }) {
  const current = args.tab === 'targets' ? 'targets' : 'places';
  return html`<${Tabs} path="/units" args=${args} current=${current} label=${t('Places and targets')}
      tabs=${[{ name: 'places', title: t('Places') }, { name: 'targets', title: t('Targets') }]} />
    ${current === 'places' ? html`<${Tree} />` : html`<${Targets} args=${args} status=${status} />`}`;
}
