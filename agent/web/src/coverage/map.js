// map.js - the units of a table on a map, coloured; as tiles where no boundaries are kept.
import { geoIdentity, geoPath } from 'd3-geo';
import { feature, merge } from 'topojson-client';
import { html, useGet, useMemo, useRef, useState } from '../parts.js';
import { fold, num, t } from '../text.js';
import { counts, result, shown } from './figure.js';
import { scale, UNKNOWN } from './scale.js';

const WIDTH = 800, TALLEST = 800;
const MOST_TILES = 300;

// A code is used again for another unit in time: boundaries of another day than the units' must not be taken for theirs.
function sameName(a, b) {
  const [x, y] = [a, b].map(n => fold(n || '').replace(/[^a-z0-9]/g, ''));
  return !x || !y || x.slice(-y.length) === y || y.slice(-x.length) === x;
}

// Shapes by code: those of the file, and of units above them by joining what names them as parent.
function shapes(topology, rows) {
  const all = Object.keys(topology.objects)
    .map(name => topology.objects[name].geometries || [topology.objects[name]])
    .reduce((a, b) => a.concat(b), []);
  const found = [];
  rows.forEach(row => {
    const mine = all.filter(g => g.properties && g.properties.code === row.code && sameName(g.properties.name, row.name))[0];
    const parts = mine ? null : all.filter(g => g.properties && g.properties.parent_code === row.code);
    if (mine) found.push({ row, shape: feature(topology, mine) });
    else if (parts.length) found.push({ row, shape: { type: 'Feature', properties: {}, geometry: merge(topology, parts) } });
  });
  return found;
}

function firstPlace(coordinates) {
  return typeof coordinates[0] === 'number' ? coordinates : firstPlace(coordinates[0]);
}

function squeeze(coordinates, by) {
  return typeof coordinates[0] === 'number' ? [coordinates[0] * by, coordinates[1]] : coordinates.map(c => squeeze(c, by));
}

// Where the ring of all of it turns does not matter on a plane, and a province is small.
function draw(found) {
  if (!found.length) return { units: [], height: 0 };
  const by = Math.cos(firstPlace(found[0].shape.geometry.coordinates)[1] * Math.PI / 180);
  const flat = found.map(({ row, shape }) => ({ row, shape: Object.assign({}, shape.geometry,
    { coordinates: squeeze(shape.geometry.coordinates, by) }) }));
  const all = { type: 'GeometryCollection', geometries: flat.map(f => f.shape) };
  const plane = geoIdentity().reflectY(true);
  const [[x0, y0], [x1, y1]] = geoPath(plane.fitWidth(WIDTH, all)).bounds(all);
  const height = Math.ceil(Math.min(TALLEST, (y1 - y0) * WIDTH / (x1 - x0)));
  const path = geoPath(plane.fitExtent([[2, 2], [WIDTH - 2, height - 2]], all));
  return { height, units: flat.map(({ row, shape }) => ({ row, d: path(shape), at: path.centroid(shape) })) };
}

// The nearest in the direction of an arrow key.
function towards(drawn, from, key) {
  const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  let best = null, least = Infinity;
  drawn.forEach(u => {
    const x = u.at[0] - from.at[0], y = u.at[1] - from.at[1];
    const ahead = x * dx + y * dy, aside = Math.abs(x * dy) + Math.abs(y * dx);
    const far = ahead + 2 * aside;
    if (ahead > 0 && aside <= 2 * ahead && far < least) {
      best = u;
      least = far;
    }
  });
  return best;
}

function Legend({ colours, rows }) {
  const none = rows.some(r => colours.of(r) === UNKNOWN);
  return html`<ul class="legend" aria-label=${t('What the colours mean')}>${colours.legend.concat(none ?
    [[UNKNOWN, t('nothing recorded')]] : []).map(([k, words]) => html`<li key=${k}><span class=${`swatch ${k}`}></span>${words}</li>`)}</ul>`;
}

// What is under the pointer, or chosen by a tap or the keys.
function Chosen({ indicator, row, onOpen }) {
  if (!row) return html`<p class="chosen quiet">${t('Point at a unit or tap it; arrow keys go from one to the next.')}</p>`;
  return html`<p class="chosen" role="status"><strong>${row.name}</strong>: ${shown(indicator, row)}
    ${counts(row) && html` <span class="quiet">(${counts(row)})</span>`}
    ${result(indicator, row) && html`, ${result(indicator, row)}`}.
    ${' '}${t('Households visited: {a} of {b}', { a: num(row.visited), b: num(row.expected) })}.
    ${onOpen && html` <a href=${onOpen(row)}>${t('Open')}</a>`}</p>`;
}

function Drawing({ drawn, height, indicator, colours, open, title }) {
  const [code, choose] = useState(null);
  const box = useRef(null);
  const chosen = drawn.filter(u => u.row.code === code)[0];
  const enter = u => { location.hash = open(u.row).slice(1); };
  const key = e => {
    if (e.key === 'Enter' && chosen && open) return enter(chosen);
    if (!/^Arrow/.test(e.key)) return undefined;
    e.preventDefault();
    const next = chosen ? towards(drawn, chosen, e.key) : drawn[0];
    return next && choose(next.row.code);
  };
  // A finger chooses first and opens with the second tap; a mouse has chosen by being there.
  const press = u => u.row.code === code && open ? enter(u) : choose(u.row.code);
  return html`<svg class="map" ref=${box} viewBox=${`0 0 ${WIDTH} ${height}`} role="img" aria-label=${title} tabindex="0" onKeyDown=${key}>
    <defs><pattern id="none" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect class="none-ground" width="8" height="8" /><rect class="none-line" width="2" height="8" /></pattern></defs>
    ${drawn.map(u => html`<path key=${u.row.code} d=${u.d} class=${`unit ${colours.of(u.row)}`}
      onPointerEnter=${e => e.pointerType === 'mouse' && choose(u.row.code)} onClick=${() => press(u)} />`)}
    ${chosen && html`<path class="unit-chosen" d=${chosen.d} />`}
  </svg>
  <${Chosen} indicator=${indicator} row=${chosen && chosen.row} onOpen=${open} />`;
}

export function Tiles({ rows, indicator, colours, open }) {
  return html`<ul class="tiles">${rows.map(row => html`<li key=${row.code}><span class=${`edge ${colours.of(row)}`}></span>
    <div>${open ? html`<a href=${open(row)}>${row.name}</a>` : row.name}<strong>${shown(indicator, row)}</strong></div></li>`)}</ul>`;
}

// day: of the boundaries, null for none; open(row): the fragment of a unit's own view, or null.
export function Map({ day, rows, indicator, open, title }) {
  const file = useGet(day && `/api/map/${day}`);
  const colours = useMemo(() => scale(indicator, rows), [indicator, rows]);
  const { units: drawn, height } = useMemo(() => draw(file.data && day ? shapes(file.data, rows) : []), [file.data, rows]);
  const on = {};
  drawn.forEach(u => { on[u.row.code] = true; });
  const rest = rows.filter(r => !on[r.code]);
  if (day && file.loading && !file.data) return html`<p class="quiet" role="status">${t('Loading...')}</p>`;
  return html`<div class="mapbox"><h2>${drawn.length ? t('On the map') : t('Unit by unit')}</h2>
    ${drawn.length > 0 && html`<${Drawing} drawn=${drawn} height=${height} indicator=${indicator} colours=${colours} open=${open} title=${title} />`}
    ${drawn.length > 0 && rest.length > 0 && html`<p class="quiet">${t('Not on the map: {n}', { n: num(rest.length) })}</p>`}
    ${rest.length <= MOST_TILES ? html`<${Tiles} rows=${rest} indicator=${indicator} colours=${colours} open=${open} />` :
      html`<p class="quiet">${t('Too many units for tiles: the table below has them all.')}</p>`}
    ${(drawn.length > 0 || rest.length <= MOST_TILES) && html`<${Legend} colours=${colours} rows=${rows} />`}
  </div>`;
}
