// training.js - sessions held, and a new one in under a minute: as the last one was, with today's attendance.
import { get, onEvent } from '../api.js';
import { Failed, html, useEffect, useState } from '../parts.js';
import { view } from '../route.js';
import { day, num, t } from '../text.js';
import { all, chosenPlace, Place, useLabels } from './ask.js';
import { Held } from './held.js';
import { Saved } from './saved.js';

const FORM = 'training';
const SHOWN = 30;
const SAME = ['topic', 'place', 'hours', 'trainer'];      // what the next session has of the last

// Newest first, by their day.
export function useSessions(unit) {
  const [state, set] = useState({ sessions: null, error: null, form: null });
  useEffect(() => {
    let current = true;
    const load = () => Promise.all([all('/api/records', { form: FORM, unit }), get(`/api/form/${FORM}`)])
      .then(([list, form]) => current && set({ form, error: null,
        sessions: list.sort((a, b) => a.held_on < b.held_on ? 1 : a.held_on > b.held_on ? -1 : a.id < b.id ? 1 : -1) }),
      error => current && set(s => Object.assign({}, s, { error })));
    load();
    const end = onEvent('records', load);
    return () => {
      current = false;
      end();
    };
  }, [unit]);
  return state;
}

export function newSession(unit, last, back) {
  const args = { form: FORM, unit, back };
  if (last) SAME.forEach(name => { args[`a.${name}`] = last[name]; });
  return view('/form', args);
}

export function Session({ x, labelOf }) {
  return html`<a href=${view('/record', { id: x.id, back: '/training' })}><span class="grow"><strong>${labelOf('topic', x.topic)}</strong>
    <small>${day(x.held_on)}${x.place ? ` · ${x.place}` : ''}</small></span>
    <span class="side"><small>${t('{n} people', { n: num(x.attendees) })}</small><${Held} held=${x.held} /></span></a>`;
}

export default function Training({ args, go, status }) {
  const own = !status || status.role === 'device';
  const unit = args.unit || (own ? '' : chosenPlace());
  const { sessions, error, form } = useSessions(unit);
  const labelOf = useLabels(form, sessions && sessions[0]);
  const last = sessions && sessions[0];
  return html`<${Saved} args=${args} />
    ${!own && html`<${Place} unit=${unit} onChoose=${code => go('/training', { unit: code })} />`}
    ${(own || unit) && html`<div class="buttons">
      ${last && html`<a class="button" href=${newSession(unit, last, '/training')}>${t('Like the last one: {topic}', { topic: labelOf('topic', last.topic) })}</a>`}
      <a class=${last ? 'button second' : 'button'} href=${newSession(unit, null, '/training')}>${t('Record a session')}</a></div>`}
    <${Failed} error=${error} />
    ${sessions && html`<p class="quiet">${t('{n} sessions, {people} people', { n: num(sessions.length), people: num(sessions.reduce((n, x) => n + (x.attendees || 0), 0)) })}</p>
      <ul class="list tall">${sessions.slice(0, SHOWN).map(x => html`<li key=${x.id}><${Session} x=${x} labelOf=${labelOf} /></li>`)}</ul>`}`;
}
