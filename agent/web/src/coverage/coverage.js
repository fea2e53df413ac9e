// coverage.js - an indicator against its target: on a map, in a table, over months, from the province down to a village.
import { href } from '../api.js';
import { Alert, Failed, Field, html, Table, useEffect, useGet, useMemo, useState, Waiting } from '../parts.js';
import { Tabs } from '../office/common.js';
import { view } from '../route.js';
import { day, label, num, percent, t, time } from '../text.js';
import { Bar, behind, counts, result, share, shown, value } from './figure.js';
import { Give } from './give.js';
import { Map } from './map.js';
import { Trend } from './trend.js';
import { ownPlace, Way } from './way.js';

const ENOUGH = 0.8;      // of the households visited: below that a share is said to be one of few
const NAMES = { province: 'provinces', district: 'districts', commune: 'communes', village: 'villages' };
const KEPT = ['unit', 'indicator', 'by', 'as-of', 'geography', 'tab'];      // the view: all of it stands in the address

function only(args, changed) {
  const out = {};
  KEPT.forEach(k => { out[k] = changed && k in changed ? changed[k] : args[k]; });
  return out;
}

export function levelName(level) {
  return { provinces: t('provinces'), districts: t('districts'), communes: t('communes'), villages: t('villages') }[NAMES[level]] || '';
}

function dayBefore(iso) {
  const d = new Date(`${iso}T12:00:00Z`);
  d.setUTCDate(d.getUTCDate() - 1);
  return d.toISOString().slice(0, 10);
}

// ---- what is asked -----------------------------------------------------------------------------------------------------

function Choice({ name, value: now, options, onChange }) {
  return html`<${Field} label=${name}>${wired => html`<select ...${wired} onChange=${e => onChange(e.target.value)}>
    ${options.map(([v, words]) => html`<option key=${v} value=${v} selected=${v === now}>${words}</option>`)}</select>`}<//>`;
}

function Indicators({ data, onChange }) {
  const group = (words, list) => list.length > 0 && html`<optgroup label=${words}>${list.map(i =>
    html`<option key=${i.code} value=${i.code} selected=${i.code === data.indicator}>${label(i.label)}</option>`)}</optgroup>`;
  return html`<${Field} label=${t('Indicator')}>${wired => html`<select ...${wired} onChange=${e => onChange(e.target.value)}>
    ${group(t('With a target'), data.indicators.filter(i => i.target !== null))}
    ${group(t('Without a target'), data.indicators.filter(i => i.target === null))}</select>`}<//>`;
}

// The days whose units can be chosen: since each change, and before the first.
function geographies(data, chosen) {
  const first = data.changes[0];
  const all = [['', t('of the same day')]].concat(first ? [[dayBefore(first), t('before {day}', { day: day(first) })]] : [],
    data.changes.map(d => [d, t('since {day}', { day: day(d) })]));
  return !chosen || all.some(o => o[0] === chosen) ? all : all.concat([[chosen, day(chosen)]]);
}

function Controls({ data, args, set }) {
  return html`<form class="controls" onSubmit=${e => e.preventDefault()}>
    <${Indicators} data=${data} onChange=${v => set({ indicator: v })} />
    ${data.levels.length > 1 && html`<${Choice} name=${t('Split by')} value=${data.by}
      options=${data.levels.map(l => [l, levelName(l)])} onChange=${v => set({ by: v })} />`}
    <${Field} label=${t('As of')}>${wired => html`<input ...${wired} type="date" value=${data.as_of}
      onChange=${e => set({ 'as-of': e.target.value })} />`}<//>
    ${data.changes.length > 0 && html`<${Choice} name=${t('In the units')} value=${args.geography || ''}
      options=${geographies(data, args.geography)} onChange=${v => set({ geography: v })} />`}
  </form>`;
}

// ---- what is told ------------------------------------------------------------------------------------------------------

// A share of few is not that of all, and must not be taken for it.
function Few({ data, indicator }) {
  const visited = data.indicators.filter(i => i.code === 'visited')[0];
  if (!indicator.of_visited || !visited || !visited.denominator || !indicator.denominator || share(visited) >= ENOUGH) return null;
  return html`<p class="few">${t('Only {p} of the households have been visited so far: this is the share among those.', { p: percent(share(visited)) })}</p>`;
}

function Headline({ data, indicator, unit }) {
  const words = result(indicator, indicator);
  return html`<section class="headline"><h2>${label(indicator.label)}</h2>
    <p><strong class="big">${shown(indicator, indicator)}</strong> ${counts(indicator)}
      ${words && html` <span class=${behind(indicator, indicator) ? 'verdict short' : 'verdict good'}>${words}</span>`}</p>
    <${Bar} indicator=${indicator} figure=${indicator} />
    <${Few} data=${data} indicator=${indicator} />
    <p class="quiet">${indicator.target !== null && t('Target of {year}: {share}.', { year: indicator.target_year, share: shown({ plain: false }, { numerator: indicator.target, denominator: 1 }) })}
      ${' '}${t('{unit}, records dated up to {day}, in the units of {geography}.', { unit: unit.name, day: day(data.as_of), geography: day(data.geography) })}
      ${data.newest && ` ${t('Newest record: {day}.', { day: day(data.newest) })}`}</p></section>`;
}

// Where the rows lie in several units, these are told: villages of many communes have the same names.
function columns(indicator, rows, open) {
  const name = { key: 'name', title: t('Unit'), show: r => open ? html`<a href=${open(r)}>${r.name}</a>` : r.name };
  const place = { key: 'in', title: t('Part of') };
  const visited = { key: 'visited', title: t('Households visited'), number: true, value: r => r.expected ? r.visited / r.expected : r.visited,
    show: r => r.expected ? `${num(r.visited)} / ${num(r.expected)}` : num(r.visited) };
  const figure = { key: 'value', title: indicator.plain ? t('number') : t('share'), number: true, value: r => value(indicator, r),
    show: r => r.denominator || indicator.plain ? shown(indicator, r) : html`<span class="quiet">${t('nothing recorded')}</span>` };
  const names = rows.some(r => r.in !== rows[0].in) ? [name, place] : [name];
  if (indicator.plain) return names.concat([figure, visited]);
  const rest = names.concat([figure,
    { key: 'bar', title: t('against the target'), value: r => share(r), show: r => html`<${Bar} indicator=${indicator} figure=${r} />` },
    { key: 'counts', title: t('counted'), number: true, value: r => r.denominator, show: counts }]);
  const behindColumn = { key: 'behind', title: t('points short'), number: true, value: r => behind(indicator, r),
    show: r => behind(indicator, r) === 0 ? t('reached') : num(behind(indicator, r), 1) };
  return rest.concat(indicator.target === null ? [] : [behindColumn], indicator.code === 'visited' ? [] : [visited]);
}

function downloads(data, args, indicator, more) {
  const of = Object.assign({ unit: args.unit, 'as-of': args['as-of'], geography: args.geography, by: data.by, indicator: indicator.code }, more);
  return ['csv', 'xlsx', 'geojson'].map(format => ({ title: format.toUpperCase(), href: href('/api/report/coverage', Object.assign({ format }, of)) }));
}

function Rows({ data, args, indicator, open }) {
  const rest = data.rest.numerator || data.rest.denominator;
  return html`<section class="tall"><h2>${t('By {level}', { level: levelName(data.by) })} <small>(${num(data.rows.length)})</small></h2>
    <${Table} key=${`${indicator.code} ${data.by}`} columns=${columns(indicator, data.rows, open)} rows=${data.rows} caption=${label(indicator.label)}
      sort=${indicator.plain || indicator.direction === 'down' ? '-value' : 'value'} downloads=${downloads(data, args, indicator)} />
    ${rest ? html`<p class="quiet">${t('In none of these units: {n}.', { n: shown(indicator, data.rest) + (counts(data.rest) && ` (${counts(data.rest)})`) })}</p>` : null}</section>`;
}

// Every indicator of the unit; a press on one shows that.
function Overview({ data, args }) {
  const unit = data.path[data.path.length - 1];
  const to = i => view('/coverage', only(args, { indicator: i.code, tab: null }));
  const all = [{ key: 'label', title: t('Indicator'), value: i => label(i.label), show: i => html`<a href=${to(i)}>${label(i.label)}</a>` },
    { key: 'value', title: t('share or number'), number: true, value: i => value(i, i), show: i => shown(i, i) },
    { key: 'bar', title: t('against the target'), value: i => share(i), show: i => html`<${Bar} indicator=${i} figure=${i} />` },
    { key: 'counts', title: t('counted'), number: true, value: i => i.denominator, show: counts },
    { key: 'target', title: t('target'), number: true, show: i => i.target === null ? '' : shown({}, { numerator: i.target, denominator: 1 }) },
    { key: 'behind', title: t('points short'), number: true, value: i => behind(i, i), show: i => result(i, i) && (behind(i, i) ? num(behind(i, i), 1) : t('reached')) }];
  return html`<section><h2>${t('All indicators of {unit}', { unit: unit.name })}</h2><${Table} columns=${all} rows=${data.indicators}
    caption=${t('All indicators of {unit}', { unit: unit.name })} downloads=${downloads(data, args, data.indicators[0], { by: '', indicator: '' })} /></section>`;
}

function One({ data, args, indicator, unit, onKept }) {
  const [round, again] = useState(0);      // a file of the same day takes the other's place
  const kept = () => {
    again(round + 1);
    onKept();
  };
  const open = row => view('/coverage', only(args, { unit: row.code, by: null }));
  const of = { indicator: indicator.code, unit: args.unit, 'as-of': args['as-of'], geography: args.geography };
  const title = t('Map: {indicator}, by {level}. The table below has the same figures.', { indicator: label(indicator.label), level: levelName(data.by) });
  return html`<${Headline} data=${data} indicator=${indicator} unit=${unit} />
    <div class="beside">
      ${data.rows.length > 0 && html`<section><${Map} key=${round} day=${data.map} rows=${data.rows}
        indicator=${indicator} open=${open} title=${title} />${onKept && html`<${Give} onKept=${kept} />`}</section>`}
      <${Trend} args=${of} indicator=${indicator} changed=${[indicator.numerator, indicator.denominator]} title=${t('Month by month')} />
    </div>
    ${data.rows.length > 0 && html`<${Rows} data=${data} args=${args} indicator=${indicator} open=${open} />`}`;
}

// Who comes by an account needs to be an admin; the agent says no to others.
function mayGive(status) {
  return status && (!status.account || status.account.role === 'admin');
}

function useMoment(of) {
  const [at, set] = useState(null);
  useEffect(() => { if (of) set(Date.now()); }, [of]);
  return at;
}

export default function Coverage({ args, go, status }) {
  const asked = useGet('/api/coverage', only(args, { tab: null }), ['records']);
  const data = asked.data;
  const moment = useMoment(data);
  const indicator = useMemo(() => data && data.indicators.filter(i => i.code === data.indicator)[0], [data]);
  if (!data) return html`<${Waiting} of=${asked} />`;
  if (!indicator) return html`<${Alert}>${t('There are no indicators here yet. They come with the first sync.')}<//>`;
  const unit = data.path[data.path.length - 1];
  const set = changed => go('/coverage', only(args, changed));
  const all = args.tab === 'all';
  return html`<div class="coverage" aria-busy=${asked.loading}>
    <${Way} title=${t('Coverage')} path=${data.path} own=${ownPlace(status)} of=${code => view('/coverage', only(args, { unit: code, by: null }))} />
    <${Failed} error=${asked.error} />
    <${Controls} data=${data} args=${args} set=${set} />
    <${Tabs} path="/coverage" args=${only(args)} label=${t('What is shown')} current=${all ? 'all' : 'one'}
      tabs=${[{ name: 'one', title: t('One indicator') }, { name: 'all', title: t('All indicators') }]} />
    ${all ? html`<${Overview} data=${data} args=${args} />` :
    html`<${One} data=${data} args=${args} indicator=${indicator} unit=${unit} onKept=${mayGive(status) && asked.reload} />`}
    <p class="quiet">${t('As it was here at {time}; it changes by itself when records arrive.', { time: time(moment) })}</p>
  </div>`;
}
