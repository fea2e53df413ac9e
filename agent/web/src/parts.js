// parts.js - what pages are put together from.
import { h, render } from 'preact';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import htm from 'htm';
import { agentState, get, onAgent, onEvent } from './api.js';
import { fold, getLanguage, num, t } from './text.js';

export const html = htm.bind(h);
export { h, render, useCallback, useEffect, useMemo, useRef, useState };

let names = 0;
// A name of its own for an element, to be pointed at.
export function useName() {
  return useState(() => `e${++names}`)[0];
}

// { data, error, loading, reload }: GET path, again when args or the language change, and at the events named.
// path null: nothing is asked. data stays while it is asked again.
export function useGet(path, args, events) {
  const [state, set] = useState({ data: null, error: null, loading: true });
  const [round, again] = useState(0);
  const key = `${path}?${JSON.stringify(args || {})}&${getLanguage()}`;
  const reload = useCallback(() => again(n => n + 1), []);
  useEffect(() => {
    let current = true;
    if (!path) return undefined;
    set(s => Object.assign({}, s, { loading: true }));
    get(path, args).then(data => current && set({ data, error: null, loading: false }),
      error => current && set(s => ({ data: s.data, error, loading: false })));
    return () => { current = false; };
  }, [key, round]);
  useEffect(() => {
    const ends = (events || []).map(name => onEvent(name, reload));
    ends.push(onAgent(now => now === 'here' && reload()));
    return () => ends.forEach(end => end());
  }, [key]);
  return Object.assign({ reload }, state);
}

// ---- small things ------------------------------------------------------------------------------------------------------

// kind: 'bad', 'good' or 'note'.
export function Alert({ kind = 'note', children }) {
  return html`<div class=${`alert ${kind}`} role=${kind === 'bad' ? 'alert' : 'status'}>${children}</div>`;
}

// What went wrong, unless nobody answers: the bar at the top says that.
export function Failed({ error }) {
  return error && (error.status || agentState() === 'here') ? html`<${Alert} kind="bad">${error.message}<//>` : null;
}

// The state of useGet until there is something to show, else null.
export function Waiting({ of }) {
  if (of.error) return html`<${Failed} error=${of.error} />`;
  return of.data ? null : html`<p class="quiet" role="status">${t('Loading...')}</p>`;
}

// value of total; total 0: nobody knows yet.
export function Progress({ value, total, label }) {
  const of = total ? { value, max: total } : {};
  return html`<label class="progress"><span>${label}</span><progress ...${of}></progress></label>`;
}

// One question: the label, what it is answered with (children takes the id), help, and what is wrong.
export function Field({ label, hint, error, required, children }) {
  const id = useName();
  const about = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ') || null;
  const wired = { id, 'aria-describedby': about, 'aria-invalid': error ? 'true' : null };
  return html`<div class=${error ? 'field wrong' : 'field'}>
    <label for=${id}>${label}${required ? html`<span class="required" title=${t('must be answered')}> *</span>` : ''}</label>
    ${typeof children === 'function' ? children(wired) : children}
    ${hint && html`<small id=${`${id}-hint`}>${hint}</small>`}
    ${error && html`<small class="error" id=${`${id}-error`} role="alert">${error}</small>`}
  </div>`;
}

// Over the page until onClose is called: by its button, by Escape, by a press beside it.
export function Dialog({ title, onClose, children }) {
  const id = useName();
  const box = useRef(null);
  useEffect(() => {
    const before = document.activeElement;
    const key = e => e.key === 'Escape' && onClose();
    box.current.focus();
    document.addEventListener('keydown', key);
    return () => {
      document.removeEventListener('keydown', key);
      if (before && before.focus) before.focus();
    };
  }, []);
  return html`<div class="veil" onClick=${e => e.target === e.currentTarget && onClose()}>
    <div class="dialog" role="dialog" aria-modal="true" aria-labelledby=${id} tabindex="-1" ref=${box}>
      <div class="dialog-head"><h2 id=${id}>${title}</h2>
        <button type="button" class="plain" onClick=${onClose} aria-label=${t('Close')}>✕</button></div>
      ${children}
    </div></div>`;
}

// ---- tables ------------------------------------------------------------------------------------------------------------

function compare(a, b) {
  const none = [a, b].map(v => v === null || v === undefined || v === '');
  if (none[0] || none[1]) return none[0] - none[1];
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return fold(a) < fold(b) ? -1 : fold(a) > fold(b) ? 1 : 0;
}

// columns: [{ key, title, number, value(row), show(row) }]: value sorts (row[key] without it), show is what stands there (value
// without it). rows: any objects. downloads: [{ title, href }]. sort: key to begin with, '-key' from above.
// caption: what the table is, for who cannot see it. onRow(row): a row can be pressed. stack: on a phone a row is a block
// of lines, for tables that are read row by row.
export function Table({ columns, rows, downloads, sort, caption, onRow, empty, stack }) {
  const [by, setBy] = useState(sort || '');
  const down = by[0] === '-';
  const column = columns.filter(c => c.key === by.replace(/^-/, ''))[0];
  const valueOf = (c, row) => c.value ? c.value(row) : row[c.key];
  const sorted = useMemo(() => {
    if (!column) return rows;
    const factor = down ? -1 : 1;
    return rows.map((row, i) => [row, i])
      .sort((a, b) => factor * compare(valueOf(column, a[0]), valueOf(column, b[0])) || a[1] - b[1]).map(x => x[0]);
  }, [rows, by]);
  const shown = (c, row) => {
    if (c.show) return c.show(row);
    const v = valueOf(c, row);
    return c.number ? num(v) : v;
  };
  const cell = (c, row) => {
    const content = shown(c, row);
    const none = content === '' || content === null || content === undefined;
    return html`<td key=${c.key} data-title=${stack ? c.title : null} class=${[c.number && 'number', none && 'empty'].filter(Boolean).join(' ') || null}>${content}</td>`;
  };
  return html`<div class=${stack ? 'table stack' : 'table'}>
    <div class="scroll" tabindex="0" role="region" aria-label=${caption}><table>
      <caption class="hidden">${caption}</caption>
      <thead><tr>${columns.map(c => html`<th key=${c.key} scope="col" class=${c.number ? 'number' : null}
        aria-sort=${column === c ? (down ? 'descending' : 'ascending') : null}>
        <button type="button" class="sort" onClick=${() => setBy(by === c.key ? `-${c.key}` : c.key)}>${c.title}
          <span aria-hidden="true">${column === c ? (down ? ' ▼' : ' ▲') : ''}</span></button></th>`)}</tr></thead>
      <tbody>${sorted.map((row, i) => html`<tr key=${row.id || row.code || i} class=${onRow ? 'press' : null}
        onClick=${onRow && (() => onRow(row))}>${columns.map(c => cell(c, row))}</tr>`)}</tbody>
    </table></div>
    ${!rows.length && html`<p class="quiet">${empty || t('There is nothing here yet.')}</p>`}
    ${downloads && rows.length > 0 && html`<p class="downloads">${t('Take it away:')}
      ${downloads.map(d => html` <a key=${d.href} href=${d.href} download>${d.title}</a>`)}</p>`}
  </div>`;
}
