// report.js - every other report of the agent, as a plain table to look at and to take away.
import { Failed, Field, html, useGet, Waiting } from '../parts.js';
import { view } from '../route.js';
import { t } from '../text.js';
import { levelName } from './coverage.js';
import { useSlow } from './live.js';
import { Period } from './period.js';
import { Notes, Tabular } from './tabular.js';

const KEPT = ['kind', 'unit', 'by', 'period'];
const LEVELS = ['', 'district', 'commune', 'village'];
// Those that have a page of their own.
const ELSEWHERE = { coverage: view('/coverage'), progress: view('/progress'), quality: view('/review', { tab: 'quality' }) };

function only(args, changed) {
  const out = {};
  KEPT.forEach(k => { out[k] = changed && k in changed ? changed[k] : args[k]; });
  return out;
}

// A summary is a line of help: what comes behind a semicolon is about the command.
function titled(summary) {
  const text = summary.split(';')[0];
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function Kinds() {
  const asked = useGet('/api/reports');
  if (!asked.data) return html`<${Waiting} of=${asked} />`;
  return html`<ul class="list">${asked.data.reports.filter(r => r.kind !== 'views').map(r => html`<li key=${r.kind}>
    <a href=${ELSEWHERE[r.kind] || view('/report', { kind: r.kind })}>${titled(r.summary)}</a></li>`)}</ul>`;
}

function Controls({ args, status, set }) {
  return html`<form class="controls" onSubmit=${e => e.preventDefault()}>
    <${Period} now=${status.now_ms} value=${args.period || ''} none=${t('everything until today')} onChange=${v => set({ period: v })} />
    <${Field} label=${t('Split by')}>${wired => html`<select ...${wired} onChange=${e => set({ by: e.target.value })}>
      ${LEVELS.map(l => html`<option key=${l} value=${l} selected=${l === (args.by || '')}>${l ? levelName(l) : t('as the report has it')}</option>`)}</select>`}<//>
  </form>`;
}

function Shown({ args }) {
  const of = { unit: args.unit, by: args.by, period: args.period };
  const asked = useSlow(`/api/report/${encodeURIComponent(args.kind)}`, of);
  const level = { district: 'commune', commune: 'village' }[args.by];
  const link = level && (r => r.code && r.code !== args.unit ? view('/report', only(args, { unit: r.code, by: level })) : null);
  if (!asked.data) return html`<${Waiting} of=${asked} />`;
  return html`<section class="tall" aria-busy=${asked.loading}><h2>${asked.data.title}</h2><${Failed} error=${asked.error} />
    <${Notes} report=${asked.data} />
    <${Tabular} key=${args.by} kind=${args.kind} args=${of} report=${asked.data} skip=${['code']} link=${link} />
    ${args.unit && html`<p><a href=${view('/report', only(args, { unit: null, by: null }))}>${t('Back to the whole')}</a></p>`}</section>`;
}

export default function Report({ args, go, status }) {
  if (!args.kind || !status) return html`<${Kinds} />`;
  return html`<div class="coverage"><p><a href=${view('/report')}>${t('All reports')}</a></p>
    <${Controls} args=${args} status=${status} set=${changed => go('/report', only(args, changed))} />
    <${Shown} args=${args} /></div>`;
}
