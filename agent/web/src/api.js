// api.js - asks the agent (agent/API.md), and tells pages when it is away or has news.
import { getLanguage, t } from './text.js';

const ASK_AGAIN_MS = 3000;
const STREAM_AGAIN_MS = 15000;

// ---- is the agent there? ---------------------------------------------------------------------------------------------

// 'here'; 'away': nobody answers; 'closed': it does not know this browser (any more).
let state = 'here';
const watchers = [];
let timer = null;

export function agentState() {
  return state;
}

// fn(state) at each change; returns what ends it.
export function onAgent(fn) {
  watchers.push(fn);
  return () => watchers.splice(watchers.indexOf(fn), 1);
}

function become(now) {
  if (now !== 'here' && !timer) timer = setTimeout(look, ASK_AGAIN_MS);
  if (now === state) return;
  state = now;
  watchers.slice().forEach(fn => fn(now));
  if (now === 'here') openStream();
}

function look() {
  timer = null;
  get('/api/sync').catch(() => {});
}

// ---- requests --------------------------------------------------------------------------------------------------------

export function href(path, args) {
  const all = Object.assign({ lang: getLanguage() }, args);
  const text = Object.keys(all).filter(k => all[k] !== null && all[k] !== undefined && all[k] !== '')
    .map(k => `${k}=${encodeURIComponent(all[k])}`).join('&');
  return text ? `${path}?${text}` : path;
}

function failure(status, message) {
  return Object.assign(new Error(message), { status });
}

async function ask(method, path, body, args, type = 'application/json') {
  let reply;
  const options = { method, credentials: 'same-origin', headers: {} };
  if (body !== undefined) {
    options.body = body;
    options.headers['Content-Type'] = type;
  }
  try {
    reply = await fetch(href(path, args), options);
  } catch (e) {
    become('away');
    throw failure(0, t('The program does not answer. What you typed is kept on this device.'));
  }
  become(reply.status === 401 ? 'closed' : 'here');
  const text = await reply.text();
  let data = null;
  try {
    data = JSON.parse(text);
  } catch (e) {
    if (reply.ok) return text;
  }
  if (!reply.ok) throw failure(reply.status, data && data.error || `HTTP ${reply.status}`);
  return data;
}

// Each returns what was answered, or throws an Error with .status (0: nobody answered) and .message, a line to be shown.
export const get = (path, args) => ask('GET', path, undefined, args);
export const post = (path, body, args) => ask('POST', path, JSON.stringify(body || {}), args);
export const put = (path, body, args) => ask('PUT', path, JSON.stringify(body || {}), args);
export const patch = (path, body, args) => ask('PATCH', path, JSON.stringify(body || {}), args);
export const sendFile = (path, file, args) => ask('POST', path, file, args, 'application/octet-stream');
export const del = (path, args) => ask('DELETE', path, undefined, args);

// ---- events ----------------------------------------------------------------------------------------------------------

const hearers = { sync: [], records: [] };
let stream = null;

function openStream() {
  if (stream || typeof EventSource === 'undefined' || !(hearers.sync.length + hearers.records.length)) return;
  stream = new EventSource('/api/events');
  Object.keys(hearers).forEach(name => stream.addEventListener(name, e => {
    let data = {};
    try {
      data = JSON.parse(e.data);
    } catch (bad) { /* the news is that there is some */ }
    hearers[name].slice().forEach(fn => fn(data));
  }));
  stream.onerror = () => {
    if (stream.readyState !== EventSource.CLOSED) return;      // else the browser comes back by itself
    stream = null;
    setTimeout(openStream, STREAM_AGAIN_MS);
    look();
  };
}

// name: 'sync' or 'records'; fn(data). Returns what ends it.
export function onEvent(name, fn) {
  hearers[name].push(fn);
  openStream();
  return () => hearers[name].splice(hearers[name].indexOf(fn), 1);
}
