// common.js - what the office's pages share: tabs, a place to choose, who decides, a list with "more".
import { Field, html, useCallback, useEffect, useGet, useState } from '../parts.js';
import { view } from '../route.js';
import { t } from '../text.js';
import { Person, person } from '../volunteer/person.js';

// ---- parts of a page, one shown at a time: each is a view of its own -----------------------------------------------------

// tabs: [{ name, title, count }]; the current one stands in args.tab.
export function Tabs({ path, args, tabs, current, label }) {
  return html`<nav class="tabs" aria-label=${label}>${tabs.map(tab => html`<a key=${tab.name}
    href=${view(path, Object.assign({}, args, { tab: tab.name }))} aria-current=${tab.name === current ? 'page' : null}>${tab.title}</a>`)}</nav>`;
}

// ---- lists that may be long ------------------------------------------------------------------------------------------

const ROOM = 50;      // rows at first, and more at each press
const ROOM_MAX = 500;      // the agent gives no more at once

// As useGet, of a list with "next": rows; more() for more of them, as long as there are; full: there are more than that.
// They are asked for together, so that what comes meanwhile does not fold up what was opened.
export function useList(path, name, args, events, first = ROOM) {
  const [room, setRoom] = useState(first);
  const got = useGet(path, Object.assign({ limit: room }, args), events);
  const goesOn = !!got.data && got.data.next !== null;
  return Object.assign({}, got, {
    rows: got.data ? got.data[name] : [],
    more: goesOn && room < ROOM_MAX ? () => setRoom(Math.min(room + first, ROOM_MAX)) : null,
    full: goesOn && room >= ROOM_MAX,
  });
}

export function More({ list }) {
  if (list.full) return html`<p class="quiet">${t('There are more: choose a smaller place.')}</p>`;
  return list.more ? html`<div class="buttons"><button type="button" class="second" onClick=${list.more}>${t('Show more')}</button></div>` : null;
}

// ---- what is being done -------------------------------------------------------------------------------------------------

// { busy, error, run(promise maker) }: one thing at a time; run gives true when it went well.
export function useDoing() {
  const [state, set] = useState({ busy: false, error: null });
  const run = useCallback(async make => {
    set({ busy: true, error: null });
    try {
      await make();
      set({ busy: false, error: null });
      return true;
    } catch (error) {
      set({ busy: false, error });
      return false;
    }
  }, []);
  return Object.assign({ run, clear: () => set({ busy: false, error: null }) }, state);
}

// "Thôn 1, Xã Biển Động", of what has a unit.
export function placeName(x) {
  return [x.unit_name || x.unit || '-', x.unit_in].filter(Boolean).join(', ');
}

// ---- a place --------------------------------------------------------------------------------------------------------------

function Below({ parent, chosen, onChoose, wired }) {
  const units = useGet('/api/units', { parent });
  const rows = units.data && units.data.below || [];
  if (!rows.length) return null;
  return html`<select ...${wired} aria-label=${wired.id ? null : t('Place within {name}', { name: units.data.unit.name })} value=${chosen || ''}
    onChange=${e => onChoose(e.target.value)}>
    <option value="">${t('All of {name}', { name: units.data.unit.name })}</option>
    ${rows.map(u => html`<option key=${u.code} value=${u.code}>${u.name}</option>`)}</select>`;
}

// Chosen level by level below top; path: the codes chosen, from above.
export function PlacePicker({ top, path, onPath, wired }) {
  const levels = [top].concat(path);
  return html`<div class="levels">${levels.map((code, i) => html`<${Below} key=${code} parent=${code} chosen=${path[i]}
    wired=${i ? {} : wired} onChoose=${to => onPath(path.slice(0, i).concat(to ? [to] : []))} />`)}</div>`;
}

// Only what lies in a place: args.unit, with the codes above it in args.in so that a link opens the same.
export function Within({ status, path, args, go }) {
  const codes = (args.in || '').split('.').filter(Boolean);
  if (!status || status.role === 'device') return null;
  const choose = to => go(path, Object.assign({}, args, { in: to.join('.'), unit: to[to.length - 1] }), { replace: true });
  return html`<${Field} label=${t('Only in')}>${wired => html`<${PlacePicker} top=${status.unit} path=${codes} onPath=${choose} wired=${wired} />`}<//>`;
}

// ---- who decides --------------------------------------------------------------------------------------------------------

// The member who stands in the history with what is decided here: the one at work with this browser.
export function usePerson() {
  const [, draw] = useState(0);
  return { person: person() || null, picker: html`<${Person} onChange=${() => draw(n => n + 1)} />` };
}

// ---- differences ------------------------------------------------------------------------------------------------------

// Both texts, with what differs between them marked: from the first letter that does to the last.
export function marked(a, b) {
  const [x, y] = [Array.from(String(a)), Array.from(String(b))];
  let from = 0;
  let back = 0;
  while (from < x.length && from < y.length && x[from] === y[from]) from++;
  while (back < x.length - from && back < y.length - from && x[x.length - 1 - back] === y[y.length - 1 - back]) back++;
  return [x, y].map(s => {
    const middle = s.slice(from, s.length - back).join('');
    return html`${s.slice(0, from).join('')}${middle && html`<mark>${middle}</mark>`}${s.slice(s.length - back).join('')}`;
  });
}

// Numbers of which one is more than half as much again as the other.
export function farApart(a, b) {
  const [x, y] = [Number(a), Number(b)];
  if (a === null || b === null || a === '' || b === '' || !isFinite(x) || !isFinite(y)) return false;
  return Math.abs(x - y) > Math.min(Math.abs(x), Math.abs(y)) / 2;
}

// What was done, told to who cannot see it too; gone after a while of other things.
export function useSaid() {
  const [said, say] = useState(null);
  useEffect(() => {
    if (!said) return undefined;
    const timer = setTimeout(() => say(null), 15000);
    return () => clearTimeout(timer);
  }, [said]);
  return [html`<div role="status" class=${said ? 'alert good' : null}>${said}</div>`, say];
}
