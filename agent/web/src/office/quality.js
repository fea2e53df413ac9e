// quality.js - records that somebody should look at again, and why: the report, with its downloads.
import { href } from '../api.js';
import { html, Table, useGet, useState, Waiting } from '../parts.js';
import { view } from '../route.js';
import { day, num, t } from '../text.js';

const LOOKED_AT = ['commune', 'village'];
const ROWS = 100;      // shown at first, and more at each press: there may be 20,000

function shown(value) {
  return /^\d{4}-\d\d-\d\d$/.test(value) ? day(value) : value;
}

export default function Quality({ args, go }) {
  const asked = { unit: args.unit };
  const unit = useGet('/api/units', { parent: args.unit });
  const narrow = unit.data && LOOKED_AT.indexOf(unit.data.unit.level) >= 0;
  const report = useGet(narrow ? '/api/report/quality' : null, asked);
  const [room, setRoom] = useState(ROWS);
  if (unit.data && !narrow)
    return html`<p>${t('Choose a commune above: its records are compared with each other. A whole province takes minutes, in which this machine does nothing else: type "cayda report quality" for that.')}</p>`;
  if (!report.data) return html`<${Waiting} of=${report} />`;
  const { notes, columns, rows, title } = report.data;
  const kinds = rows.map(r => r.check).filter((kind, i, all) => all.indexOf(kind) === i);
  const names = { outlier: t('Numbers far from the others'), impossible: t('Against the form\'s rules'), unvisited: t('Not visited for a year'),
    unvarying: t('Answers that never vary'), fast: t('Too fast'), place: t('Places outside the unit') };
  const mine = rows.filter(r => !args.check || r.check === args.check);
  const titles = columns.filter(c => c.key !== 'check' && c.key !== 'code')
    .map(c => ({ key: c.key, title: c.title, show: r => c.key === 'record' && r.record ?
      html`<a href=${view('/record', { id: r.record, back: '/review' })}>${r.record}</a>` : shown(r[c.key]) }));
  const downloads = ['csv', 'xlsx'].map(format => ({ title: format.toUpperCase(), href: href('/api/report/quality', Object.assign({ format }, asked)) }));
  return html`<details><summary>${t('What was looked at')}</summary><ul>${notes.map(note => html`<li key=${note}>${note}</li>`)}</ul></details>
    ${kinds.length > 1 && html`<label class="who">${t('Show only:')} <select value=${args.check || ''}
      onChange=${e => go('/review', Object.assign({}, args, { check: e.target.value }), { replace: true })}>
      <option value="">${t('everything ({n})', { n: num(rows.length) })}</option>
      ${kinds.map(kind => html`<option key=${kind} value=${kind}>${names[kind] || kind} (${num(rows.filter(r => r.check === kind).length)})</option>`)}
    </select></label>`}
    <${Table} stack=${true} caption=${title} columns=${titles} rows=${mine.slice(0, room).map((r, i) => Object.assign({}, r, { id: i + 1 }))}
      downloads=${downloads} empty=${t('Nothing to look at again.')} />
    ${mine.length > room && html`<div class="buttons"><button type="button" class="second" onClick=${() => setRoom(room + ROWS)}>${t('Show more')}</button></div>`}`;
}
