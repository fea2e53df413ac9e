// drafts.js - a form that is being filled in is kept twice: in this browser at once, by the agent as soon as it takes it.
// What the agent has leaves the browser. So neither a killed browser nor a stopped agent loses an answer.
import { get, onAgent, put } from '../api.js';

const PREFIX = 'draft:';

export function newName() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.prototype.map.call(bytes, b => (b < 16 ? '0' : '') + b.toString(16)).join('');
}

// ---- in this browser ---------------------------------------------------------------------------------------------------

// d: { name, form, unit, record, person, answers, screen, ms }. False: the browser has no room, or keeps nothing.
export function keepHere(d) {
  try {
    localStorage.setItem(PREFIX + d.name, JSON.stringify(d));
    return true;
  } catch (e) {
    return false;
  }
}

export function dropHere(name) {
  try {
    localStorage.removeItem(PREFIX + name);
  } catch (e) { /* there was nothing */ }
}

function readHere(name) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + name));
  } catch (e) {
    return null;
  }
}

export function allHere() {
  try {
    return Object.keys(localStorage).filter(k => k.indexOf(PREFIX) === 0)
      .map(k => readHere(k.slice(PREFIX.length))).filter(d => d && d.name && d.form);
  } catch (e) {
    return [];
  }
}

// ---- at the agent --------------------------------------------------------------------------------------------------------

export async function send(d) {
  await put(`/api/draft/${d.name}`, { answers: d.answers, screen: d.screen },
    { form: d.form, unit: d.unit, record: d.record, person: d.person });
  const now = readHere(d.name);
  if (now && now.ms === d.ms) dropHere(d.name);
}

// What an earlier page could not hand over. A draft that is a record by now (409) is done with.
async function sendAll() {
  for (const d of allHere()) {
    try {
      await send(d);
    } catch (e) {
      if (e.status === 409) dropHere(d.name);
      if (!e.status) return;
    }
  }
}

export function watchDrafts() {
  sendAll();
  onAgent(state => state === 'here' && sendAll());
}

export async function open(name) {
  const here = readHere(name);
  if (here) return here;
  const d = await get(`/api/draft/${name}`);
  const kept = d.answers || {};
  return { name, form: d.form, unit: d.unit, record: d.record, person: d.person, answers: kept.answers || {},
    screen: kept.screen || 0, ms: d.ms, saved: d.saved };
}
