// progress.js - how far the survey is, who is late with a period's figures, which nodes have long been silent.
import { Failed, Field, html, Table, useGet, useMemo, Waiting } from '../parts.js';
import { Tabs } from '../office/common.js';
import { view } from '../route.js';
import { day, num, span, t } from '../text.js';
import { levelName } from './coverage.js';
import { useSlow } from './live.js';
import { isPeriod, lastDay, Period, periodName, quarterOf } from './period.js';
import { downloads, Notes, Tabular } from './tabular.js';
import { ownPlace, Way } from './way.js';

const SILENT_MS = 14 * 86400000;      // a team syncs every week or two
const KEPT = ['unit', 'by', 'period', 'missing', 'tab'];

function only(args, changed) {
  const out = {};
  KEPT.forEach(k => { out[k] = changed && k in changed ? changed[k] : args[k]; });
  return out;
}

// ---- the survey, unit by unit --------------------------------------------------------------------------------------------

function Bar({ share }) {
  return html`<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">
    <rect class="bar-all" width="100" height="10" /><rect class=${share >= 1 ? 'bar-good' : 'bar-part'} width=${Math.min(100, share * 100)} height="10" /></svg>`;
}

// How many units there are of each state, as the report names them.
function States({ rows }) {
  const count = {};
  rows.forEach(r => { if (r.state) count[r.state] = (count[r.state] || 0) + 1; });
  return html`<ul class="states">${Object.keys(count).map(s => html`<li key=${s}><strong>${num(count[s])}</strong> ${s}</li>`)}</ul>`;
}

function surveyColumns(report, link) {
  const title = {};
  report.columns.forEach(c => { title[c.key] = c.title; });
  const done = r => r.visited.denominator ? r.visited.numerator / r.visited.denominator : null;
  return [{ key: 'name', title: title.name, show: r => r.code ? html`<a href=${link(r)}>${r.name}</a>` : r.name },
    { key: 'bar', title: title.visited, value: done, show: r => done(r) === null ? num(r.visited.numerator) : html`<${Bar} share=${done(r)} />` },
    { key: 'counts', title: t('of those expected'), number: true, value: done, show: r => r.visited.denominator ? `${num(r.visited.numerator)} / ${num(r.visited.denominator)}` : '' },
    { key: 'last', title: title.last, show: r => r.last ? day(r.last) : '' },
    { key: 'heard', title: title.heard, show: r => r.heard ? day(r.heard) : '' },
    { key: 'state', title: title.state }];
}

function Survey({ args, of }) {
  const asked = useSlow('/api/report/progress', of);
  const report = asked.data;
  const link = r => view('/progress', only(args, { unit: r.code, by: null }));
  const columns = useMemo(() => report && surveyColumns(report, link), [report]);
  // The last row is that of the unit itself, unless only those that are not done were asked for.
  const units = report ? report.rows.slice(0, of.missing ? undefined : -1) : [];
  const whole = report && !of.missing ? report.rows[report.rows.length - 1] : null;
  return html`<section class="tall" aria-busy=${asked.loading}><h2>${t('Households visited')}</h2><${Failed} error=${asked.error} />
    ${report ? html`<${Notes} report=${report} />${whole && html`<p>${t('Households visited: {a} of {b}', { a: num(whole.visited.numerator), b: num(whole.visited.denominator) })}</p><${Bar} share=${whole.visited.denominator ? whole.visited.numerator / whole.visited.denominator : 0} />`}
      <${States} rows=${units} />
      <${Table} columns=${columns} rows=${units} sort="bar" caption=${report.title} downloads=${downloads('progress', of)}
        empty=${t('Every unit is done.')} />` : html`<${Waiting} of=${asked} />`}</section>`;
}

// ---- nodes that have long been silent -------------------------------------------------------------------------------------

function Nodes({ unit, now }) {
  const asked = useSlow('/api/nodes', { unit, limit: 500 });
  const rows = useMemo(() => asked.data ? asked.data.nodes.filter(n => !n.self && !n.revoked) : [], [asked.data]);
  const silent = n => n.last_ms ? now - n.last_ms : null;
  const long = rows.filter(n => silent(n) === null || silent(n) > SILENT_MS).length;
  const columns = [{ key: 'name', title: t('Device') }, { key: 'unit_name', title: t('Unit') },
    { key: 'last_ms', title: t('Last heard of'), value: n => n.last_ms || 0, show: n => n.last_ms ? t('{span} ago', { span: span(silent(n)) }) : t('never') },
    { key: 'records', title: t('Records that are here'), number: true }];
  return html`<section class="tall"><h2>${t('Devices, the longest silent first')}</h2>
    ${asked.data ? html`${rows.length > 0 && html`<p>${long ? t('{n} of {all} have been silent for two weeks or longer.', { n: num(long), all: num(rows.length) }) :
    t('All have been heard of within two weeks.')}</p>`}
      <${Table} columns=${columns} rows=${rows} sort="last_ms" caption=${t('Devices, the longest silent first')} empty=${t('No device has joined below this unit yet.')} />` :
    html`<${Waiting} of=${asked} />`}</section>`;
}

// ---- reports ----------------------------------------------------------------------------------------------------------------

function Reported({ kind, title, of, skip, empty }) {
  const asked = useSlow(`/api/report/${kind}`, of);
  return html`<section class="tall" aria-busy=${asked.loading}><h2>${title}</h2><${Failed} error=${asked.error} />
    ${asked.data ? html`<${Notes} report=${asked.data} />
      <${Tabular} kind=${kind} args=${of} report=${asked.data} skip=${skip} empty=${empty} />` : html`<${Waiting} of=${asked} />`}</section>`;
}

const LEVELS = { province: ['district', 'commune', 'village'], district: ['commune', 'village'] };

function Controls({ now, unit, args, period, by, tab, set }) {
  const levels = LEVELS[unit.level] || [];
  return html`<form class="controls" onSubmit=${e => e.preventDefault()}>
    <${Period} now=${now} value=${period} onChange=${v => set({ period: v })} />
    ${levels.length > 1 && html`<${Field} label=${t('Split by')}>${wired => html`<select ...${wired} onChange=${e => set({ by: e.target.value })}>
      ${levels.map(l => html`<option key=${l} value=${l} selected=${l === by}>${levelName(l)}</option>`)}</select>`}<//>`}
    ${tab !== 'training' && html`<label class="check"><input type="checkbox" checked=${!!args.missing} onChange=${e => set({ missing: e.target.checked ? '1' : null })} />
        ${t('Only those that are not done')}</label>`}
  </form>`;
}

export default function Progress({ args, go, status }) {
  const now = status ? status.now_ms : Date.now();
  const period = isPeriod(args.period) ? args.period : quarterOf(now), tab = args.tab || 'survey';
  const place = useGet('/api/coverage', { unit: args.unit, geography: lastDay(period) });
  if (!status || !place.data) return html`<${Waiting} of=${place} />`;
  const unit = place.data.path[place.data.path.length - 1];
  const set = changed => go('/progress', only(args, changed));
  const of = { unit: args.unit, by: args.by, period, missing: args.missing };
  const by = args.by || (unit.level === 'commune' || unit.level === 'village' ? 'village' : 'commune');
  return html`<div class="coverage">
    <${Way} title=${t('Progress')} path=${place.data.path} own=${ownPlace(status)} of=${code => view('/progress', only(args, { unit: code, by: null }))} />
    <${Tabs} path="/progress" args=${only(args)} label=${t('What is shown')} current=${tab} tabs=${[{ name: 'survey', title: t('The survey') },
      { name: 'devices', title: t('Devices') }, { name: 'reports', title: t('Figures handed in') }, { name: 'training', title: t('Training sessions') }]} />
    ${tab !== 'devices' && html`<${Controls} now=${now} unit=${unit} args=${args} period=${period} by=${by} tab=${tab} set=${set} />`}
    ${tab === 'devices' ? html`<${Nodes} unit=${args.unit} now=${now} />` :
    tab === 'reports' ? html`<${Reported} key=${tab} kind="submitted" title=${t('Figures handed in for {period}', { period: periodName(period) })} of=${of}
      skip=${['sha256', 'node', 'code']} empty=${t('All have handed in.')} />` :
    tab === 'training' ? html`<${Reported} key=${tab} kind="training" title=${t('Training sessions in {period}', { period: periodName(period) })}
      of=${Object.assign({}, of, { by, missing: null })} skip=${['code']} />` :
    html`<${Survey} args=${args} of=${of} />`}
  </div>`;
}
