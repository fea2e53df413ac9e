// tabular.js - a report as the agent tells it (title, notes, typed columns, rows), as a table.
import { href } from '../api.js';
import { html, Table, useMemo } from '../parts.js';
import { day, num, percent } from '../text.js';

const FORMATS = ['csv', 'xlsx', 'geojson'];

function number(v) {
  return v === null || v === undefined ? '' : num(v);
}

function cell(column, v) {
  if (v === null || v === undefined) return '';
  if (column.type === 'share') {
    if (v.share === null) return v.numerator ? number(v.numerator) : '';
    return html`${percent(v.share)} <small>(${num(v.numerator)} / ${num(v.denominator)})</small>`;
  }
  if (column.type === 'percent') return percent(v);
  if (column.type === 'date') return day(v);
  return typeof v === 'number' ? num(v) : v;
}

function sortable(column, v) {
  return v && column.type === 'share' ? v.share : v;
}

export function downloads(kind, args) {
  return FORMATS.map(format => ({ title: format.toUpperCase(), href: href(`/api/report/${kind}`, Object.assign({}, args, { format })) }));
}

// What stands with a report's title, with days as people write them here.
export function Notes({ report }) {
  return report.notes.length > 0 && html`<p>${report.notes.map(n => html`<span key=${n}>${n.replace(/\d{4}-\d\d-\d\d/g, day)}. </span>`)}</p>`;
}

// report: what GET /api/report/KIND answered; skip: keys of columns that are not shown; link(row): where its name leads.
export function Tabular({ kind, args, report, skip, link, sort, empty }) {
  const columns = useMemo(() => report.columns.filter(c => !skip || skip.indexOf(c.key) < 0).map(c => ({
    key: c.key, title: c.title, number: c.type !== 'text' && c.type !== 'date', value: row => sortable(c, row[c.key]),
    show: row => c.key === 'name' && link && link(row) ? html`<a href=${link(row)}>${row.name}</a>` : cell(c, row[c.key]),
  })), [report]);
  return html`<${Table} columns=${columns} rows=${report.rows} caption=${report.title} sort=${sort} empty=${empty}
    downloads=${downloads(kind, args)} />`;
}
