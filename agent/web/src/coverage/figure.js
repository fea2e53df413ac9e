// figure.js - a figure in words: its share or number, and how far it is from its target.
import { html } from '../parts.js';
import { num, percent, t } from '../text.js';

export function share(f) {
  return f.denominator ? f.numerator / f.denominator : null;
}

// What is compared and coloured: the share, or of a plain number the number. null: nothing is known.
export function value(indicator, f) {
  return indicator.plain ? f.numerator : share(f);
}

export function shown(indicator, f) {
  if (indicator.plain) return num(f.numerator);
  return f.denominator ? percent(share(f)) : t('nothing recorded');
}

export function counts(f) {
  return f.denominator ? `${num(f.numerator)} / ${num(f.denominator)}` : '';
}

// Points that are missing to the target, 0 when it is reached; null without one, or without records.
export function behind(indicator, f) {
  if (f.target === null || indicator.plain || !f.denominator) return null;
  const gap = (indicator.direction === 'down' ? share(f) - f.target : f.target - share(f)) * 100;
  return gap <= 1e-7 ? 0 : Math.max(0.05, gap);
}

export function result(indicator, f) {
  const gap = behind(indicator, f);
  if (gap === null) return '';
  return gap ? t('{n} points short', { n: num(gap, 1) }) : t('reached');
}

// A bar of 0 to 100 %, with a line where the target is.
export function Bar({ indicator, figure }) {
  const s = share(figure);
  if (indicator.plain || s === null) return null;
  const at = figure.target === null ? null : Math.min(100, figure.target * 100);
  return html`<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">
    <rect class="bar-all" width="100" height="10" />
    <rect class=${figure.target === null ? 'bar-free' : behind(indicator, figure) === 0 ? 'bar-good' : 'bar-part'} width=${Math.min(100, s * 100)} height="10" />
    ${at !== null && html`<rect class="bar-target" x=${at > 98.5 ? 98.5 : at} width="1.5" height="10" />`}
  </svg>`;
}
