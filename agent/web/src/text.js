// text.js - the language of the page: English texts, Vietnamese beside them in vi.js.
import vi from './vi.js';

const KEPT_AS = 'language';
const listeners = [];
let language = kept() || 'vi';

function kept() {
  try {
    const said = localStorage.getItem(KEPT_AS);
    return said === 'vi' || said === 'en' ? said : null;
  } catch (e) {
    return null;      // storage is switched off
  }
}

export function getLanguage() {
  return language;
}

// Shown at once; every page is drawn again.
export function setLanguage(to) {
  language = to;
  document.documentElement.lang = to;
  try {
    localStorage.setItem(KEPT_AS, to);
  } catch (e) { /* it lasts until the page is closed */ }
  listeners.forEach(fn => fn(to));
}

// The language that the agent speaks, for who never chose one.
export function suggestLanguage(to) {
  if (!kept() && to !== language && (to === 'vi' || to === 'en')) {
    language = to;
    document.documentElement.lang = to;
    listeners.forEach(fn => fn(to));
  }
}

export function onLanguage(fn) {
  listeners.push(fn);
  return () => listeners.splice(listeners.indexOf(fn), 1);
}

// A text with {name} in it takes the values' members. Texts stand in calls as literals: the bundling looks for them.
export function t(english, values) {
  const text = language === 'vi' && vi[english] || english;
  return values ? text.replace(/\{(\w+)\}/g, (all, name) => name in values ? values[name] : all) : text;
}

// Of an object of texts by language, what is nearest to the one chosen.
export function label(texts) {
  if (!texts) return '';
  if (typeof texts === 'string') return texts;
  return texts[language] || texts.vi || texts.en || texts[Object.keys(texts)[0]] || '';
}

// ---- numbers and dates -------------------------------------------------------------------------------------------

// 1.234,5 in Vietnamese, 1,234.5 in English; digits behind the point: that many, or as they come up to 2.
export function num(v, digits) {
  if (v === null || v === undefined || v === '' || !isFinite(v)) return '-';
  const [whole, part] = digits === undefined ? String(Math.round(v * 100) / 100).split('.') :
    Number(v).toFixed(digits).split('.');
  const [group, point] = language === 'vi' ? ['.', ','] : [',', '.'];
  return whole.replace(/\B(?=(\d{3})+$)/g, group) + (part ? point + part : '');
}

export function percent(share, digits = 1) {
  return share === null || share === undefined || !isFinite(share) ? '-' : `${num(share * 100, digits)} %`;
}

export function bytes(n) {
  const units = ['B', 'kB', 'MB', 'GB'];
  let i = 0;
  while (n >= 1000 && i < units.length - 1) {
    n /= 1000;
    i++;
  }
  return `${num(n, i && n < 10 ? 1 : 0)} ${units[i]}`;
}

function two(n) {
  return `${n < 10 ? '0' : ''}${n}`;
}

// "2026-11-21" or milliseconds: 21/11/2026.
export function day(v) {
  if (!v && v !== 0) return '-';
  if (typeof v === 'string') {
    const [y, m, d] = v.slice(0, 10).split('-');
    return d ? `${d}/${m}/${y}` : v;
  }
  const d = new Date(v);
  return `${two(d.getDate())}/${two(d.getMonth() + 1)}/${d.getFullYear()}`;
}

export function time(ms) {
  if (!ms) return '-';
  const d = new Date(ms);
  return `${two(d.getHours())}:${two(d.getMinutes())} ${day(ms)}`;
}

// "2026-11-21" of this machine's day.
export function isoDay(ms) {
  const d = new Date(ms);
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
}

// How long, in words: a sentence's part.
export function span(ms) {
  const s = Math.max(0, ms) / 1000;
  if (s < 90) return t('{n} seconds', { n: num(s, 0) });
  if (s < 90 * 60) return t('{n} minutes', { n: num(s / 60, 0) });
  if (s < 36 * 3600) return t('{n} hours', { n: num(s / 3600, 0) });
  return t('{n} days', { n: num(s / 86400, 0) });
}

// Without accents and case, for searching in what is here already: "nguyễn Đức" is "nguyen duc".
export function fold(text) {
  return String(text).toLowerCase().normalize('NFD').replace(/[\u0300-\u036f]/g, '').replace(/đ/g, 'd');
}
