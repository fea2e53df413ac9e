// scale.js - which colour a figure has. With a target by how far below it, else in even steps; brown to green-blue, which
// people who do not tell red from green tell apart, and which differ in lightness too (ColorBrewer BrBG).
import { num, percent, t } from '../text.js';
import { behind, value } from './figure.js';

export const UNKNOWN = 'k-none';
const STEPS = 5;
const FINEST = 0.1;      // a tenth of a point: what is shown

// A round step, so that four of them hold the range.
function roundStep(range) {
  const ten = Math.pow(10, Math.floor(Math.log10(range / STEPS)));
  return [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 15].map(n => n * ten).filter(s => s * (STEPS - 1) >= range * (1 - 1e-9))[0];
}

function digitsOf(step) {
  return [0, 1].filter(n => Math.abs(step * Math.pow(10, n) - Math.round(step * Math.pow(10, n))) < 1e-6).concat(2)[0];
}

// In steps of points below the target; where all have the same one, the legend says shares.
function toTarget(indicator, rows) {
  const gaps = rows.map(r => behind(indicator, r)).filter(g => g !== null);
  const step = roundStep(Math.max.apply(null, gaps.concat(FINEST * (STEPS - 1))));
  const targets = rows.map(r => r.target).filter((v, i, all) => all.indexOf(v) === i);
  const one = targets.length === 1 && indicator.direction !== 'down' ? targets[0] * 100 : null;
  const digits = Math.max(digitsOf(step), one === null ? 0 : digitsOf(one));
  const words = i => one === null ? t('{a} to {b} points short', { a: num((i - 1) * step, digits), b: num(i * step, digits) }) :
    t('from {a} to {b}', { a: percent(Math.max(0, one - i * step) / 100, digits), b: percent((one - (i - 1) * step) / 100, digits) });
  const used = [1, 2, 3, 4].filter(i => (one === null || one - (i - 1) * step > 0) && gaps.some(g => g > (i - 1) * step));
  return {
    of: f => {
      const gap = behind(indicator, f);
      return gap === null ? UNKNOWN : `k-${4 - Math.min(4, Math.ceil(gap / step - 1e-9))}`;
    },
    legend: [['k-4', one === null ? t('target reached') : t('{v} and more: target reached', { v: percent(one / 100, digits) })]]
      .concat(used.map(i => [`k-${4 - i}`, words(i)])),
  };
}

function inSteps(indicator, rows) {
  const all = rows.map(r => value(indicator, r)).filter(v => v !== null);
  const least = all.length ? Math.min.apply(null, all) : 0, most = all.length ? Math.max.apply(null, all) : 0;
  const fine = indicator.plain ? 1 : 0.01;
  const step = indicator.plain ? Math.max(fine, Math.ceil(roundStep(most - least || fine))) : Math.max(fine, roundStep(most - least || fine));
  const from = Math.floor(least / step + 1e-9) * step;
  const text = v => indicator.plain ? num(v) : percent(v, digitsOf(step * 100));
  // Of numbers the last one of a class is told, of shares where the next class begins.
  const words = (a, b) => indicator.plain && b - a <= 1 ? text(a) : t('from {a} to {b}', { a: text(a), b: text(indicator.plain ? b - 1 : b) });
  const classes = [0, 1, 2, 3, 4].filter(i => from + i * step <= most + 1e-9);
  return {
    of: f => value(indicator, f) === null ? UNKNOWN :
      `s-${Math.max(0, Math.min(STEPS - 1, Math.floor((value(indicator, f) - from) / step + 1e-9)))}`,
    legend: classes.reverse().map(i => [`s-${i}`, words(from + i * step, from + (i + 1) * step)]),
  };
}

// { of(figure): class of its colour, legend: [[class, words]] }
export function scale(indicator, rows) {
  const aimed = !indicator.plain && rows.some(r => r.target !== null);
  return aimed ? toTarget(indicator, rows) : inSteps(indicator, rows);
}
