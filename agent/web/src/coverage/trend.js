// trend.js - an indicator over months, with its target as a line.
import uPlot from 'uplot';
import { get } from '../api.js';
import { html, useEffect, useMemo, useRef, useState } from '../parts.js';
import { num, onLanguage, percent, t } from '../text.js';
import { share, shown } from './figure.js';

const HEIGHT = 240;
const FEWEST = 6;      // points of a line that are shown, recorded or not

// The points come in turns: a day that nobody asked for before takes the agent a while.
function useTrend(args, key) {
  const [state, set] = useState({ points: [], error: null, loading: true });
  useEffect(() => {
    let current = true;
    async function ask() {
      let points = [], after = 0;
      while (current && after !== null) {
        const more = await get('/api/trend', Object.assign({ after }, args));
        points = points.concat(more.points);
        after = more.next;
        if (current) set(s => ({ points: after === null || points.length > s.points.length ? points : s.points, error: null, loading: after !== null }));
      }
    }
    set(s => ({ points: s.points, error: null, loading: true }));
    ask().catch(error => current && set(s => ({ points: s.points, error, loading: false })));
    return () => { current = false; };
  }, [key]);
  return state;
}

// Without the months before anything was recorded, but for one.
function begun(points, known) {
  return points.slice(Math.max(0, Math.min(points.indexOf(known[0]) - 1, points.length - FEWEST)));
}

// 2022-10: 10/2022; 2022-Q4: Q4/2022.
function period(name) {
  const [year, rest] = name.split('-');
  return rest ? `${rest}/${year}` : year;
}

function options(width, points, indicator) {
  const text = v => indicator.plain ? num(v) : percent(v, 0);
  const style = getComputedStyle(document.documentElement);
  const ink = style.getPropertyValue('--quiet').trim(), main = style.getPropertyValue('--main').trim();
  const font = '13px system-ui, sans-serif';
  const values = (u, at) => at.map(i => points[i] && Math.floor(i) === i ? period(points[i].period) : '');
  return {
    width, height: HEIGHT, legend: { show: false }, cursor: { show: false }, padding: [12, 28, 0, 0],
    scales: { x: { time: false }, y: { range: (u, min, max) => indicator.plain ? [0, Math.max(1, max * 1.1)] : [Math.max(0, Math.floor(min * 10 - 0.5) / 10), Math.min(1, Math.ceil(max * 10 + 0.5) / 10)] } },
    axes: [{ values, font, stroke: ink, grid: { show: false }, space: 64, incrs: [1, 2, 3, 4, 6, 12] },
      { values: (u, at) => at.map(text), font, stroke: ink, size: 60, grid: { stroke: '#dfe5e1' } }],
    series: [{}, { stroke: main, width: 3, points: { show: true, size: 8, fill: main } },
      { stroke: '#8c510a', width: 2, dash: [8, 6], points: { show: false } }],
  };
}

function Chart({ points, indicator, title }) {
  const box = useRef(null);
  useEffect(() => {
    const data = [points.map((p, i) => i), points.map(p => indicator.plain ? p.numerator : share(p)), points.map(p => p.target)];
    const width = () => Math.max(240, box.current.clientWidth);
    const plot = new uPlot(options(width(), points, indicator), data, box.current);
    const resized = () => plot.setSize({ width: width(), height: HEIGHT });
    addEventListener('resize', resized);
    return () => {
      removeEventListener('resize', resized);
      plot.destroy();
    };
  }, [points, indicator]);
  return html`<div class="trend" ref=${box} role="img" aria-label=${title}></div>`;
}

// args: as of GET /api/trend; changed: when that is another, it is asked again.
export function Trend({ args, indicator, changed, title }) {
  const [, drawn] = useState(0);
  const trend = useTrend(args, JSON.stringify([args, changed]));
  const known = trend.points.filter(p => indicator.plain || p.denominator);
  const shownPoints = useMemo(() => begun(trend.points, known), [trend.points]);
  useEffect(() => onLanguage(() => drawn(n => n + 1)), []);
  return html`<section class="trendbox" aria-busy=${trend.loading}>
    <h2>${title}</h2>
    ${trend.error && html`<p class="error">${trend.error.message}</p>`}
    ${known.length > 0 && html`<${Chart} points=${shownPoints} indicator=${indicator} title=${title} />`}
    ${!known.length && !trend.loading && html`<p class="quiet">${t('Nothing was recorded in this time.')}</p>`}
    ${trend.loading && html`<p class="quiet" role="status">${t('Adding up month by month: {n} so far.', { n: num(trend.points.length) })}</p>`}
    ${known.length > 0 && html`<p class="keys"><span class="key-line"></span>${indicator.plain ? t('number') : t('share')}
      ${known.some(p => p.target !== null) && html`<span class="key-target"></span>${t('target')}`}</p>
    <details><summary>${t('The figures of this line')}</summary><table><thead><tr><th scope="col">${t('End of')}</th>
      <th scope="col" class="number">${indicator.plain ? t('number') : t('share')}</th><th scope="col" class="number">${t('counted')}</th></tr></thead>
      <tbody>${shownPoints.map(p => html`<tr key=${p.period}><td>${period(p.period)}</td><td class="number">${shown(indicator, p)}</td>
        <td class="number">${p.denominator ? `${num(p.numerator)} / ${num(p.denominator)}` : ''}</td></tr>`)}</tbody></table></details>`}
  </section>`;
}
