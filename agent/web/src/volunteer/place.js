// place.js - where something is: by the machine's own receiver, with how exact that is; or typed.
import { Field, html, useEffect, useRef, useState } from '../parts.js';
import { num, t } from '../text.js';
import { Choosing } from './choices.js';

const GOOD_M = 15;        // exact enough to stop listening
const LISTEN_MS = 60000;
const REASONS = {
  1: () => t('This browser may not know where you are: allow it in the browser\'s settings, or type the place.'),
  2: () => t('The place cannot be found: go outdoors and try again.'),
  3: () => t('The place was not found in a minute: go outdoors and try again.'),
};

// take({ latitude, longitude, altitude, accuracy }): called again while it gets more exact.
export function Here({ take }) {
  const [state, set] = useState({ listening: false });
  const stop = useRef(() => {});
  useEffect(() => () => stop.current(), []);
  if (!navigator.geolocation) return html`<p class="quiet">${t('This browser cannot find the place: type it.')}</p>`;
  const listen = () => {
    let best = Infinity;
    set({ listening: true });
    const watch = navigator.geolocation.watchPosition(p => {
      if (p.coords.accuracy >= best) return;
      best = p.coords.accuracy;
      take(p.coords);
      set({ listening: best > GOOD_M, accuracy: best });
      if (best <= GOOD_M) stop.current();
    }, e => {
      if (best === Infinity) set({ listening: false, error: REASONS[e.code] ? REASONS[e.code]() : e.message });
      stop.current();
    }, { enableHighAccuracy: true, timeout: LISTEN_MS, maximumAge: 0 });
    const timer = setTimeout(() => stop.current(), LISTEN_MS);
    stop.current = () => {
      navigator.geolocation.clearWatch(watch);
      clearTimeout(timer);
      set(s => Object.assign({}, s, { listening: false }));
    };
  };
  return html`<button type="button" class="second wide" onClick=${state.listening ? () => stop.current() : listen}>
      ${state.listening ? t('Looking for the place... press to stop') : t('Take the place here')}</button>
    ${state.accuracy && html`<p role="status">${t('Exact to {n} m', { n: num(state.accuracy, 0) })}</p>`}
    ${state.error && html`<p class="error" role="alert">${state.error}</p>`}`;
}

// "21.27 106.19 12 5": latitude, longitude, altitude and accuracy in metres.
export function GeoPoint(props) {
  const { f, at, q } = props;
  const value = f.value(at, q.name);
  const [lat, lon, , accuracy] = value ? String(value).split(' ') : [];
  const write = (a, b) => f.set(at, q.name, a || b ? `${a} ${b} 0 0` : null, { typing: true });
  const box = (title, v, onInput) => html`<${Field} label=${title}>${wired => html`<input type="text" inputmode="decimal" ...${wired}
    value=${v || ''} onInput=${e => onInput(e.target.value.replace(',', '.'))} onBlur=${() => f.see(at, q)} />`}<//>`;
  return html`<${Choosing} ...${props}>
    <${Here} take=${p => f.set(at, q.name,
    `${p.latitude.toFixed(6)} ${p.longitude.toFixed(6)} ${Math.round(p.altitude || 0)} ${Math.round(p.accuracy)}`)} />
    ${box(t('Latitude'), lat, v => write(v, lon || ''))}
    ${box(t('Longitude'), lon, v => write(lat || '', v))}
    ${Number(accuracy) > 0 && html`<p class="quiet">${t('Exact to {n} m', { n: accuracy })}</p>`}<//>`;
}
