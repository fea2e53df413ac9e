// nodes.js - the devices and offices that this node knows: when they were heard of, what they hold, their names, their end.
import { href, patch, post } from '../api.js';
import { Dialog, Failed, Field, html, Table, useState, Waiting } from '../parts.js';
import { num, t, time } from '../text.js';
import { More, placeName, useDoing, useList, useSaid, Within } from './common.js';
import Enrol from './enrol.js';

export function roleName(role) {
  return role === 'root' ? t('province') : role === 'office' ? t('office') : t('device');
}

// ---- another name; the end ----------------------------------------------------------------------------------------------

function Rename({ node, onClose, onDone }) {
  const doing = useDoing();
  const [name, setName] = useState(node.name);
  const save = async e => {
    e.preventDefault();
    if (await doing.run(() => patch(`/api/node/${node.node}`, {}, { name }))) onDone(t('{old} is called {name} now.', { old: node.name, name }));
  };
  return html`<${Dialog} title=${t('Another name for {name}', { name: node.name })} onClose=${onClose}>
    <form onSubmit=${save}><${Failed} error=${doing.error} />
      <${Field} label=${t('Name')}>${wired => html`<input ...${wired} value=${name} maxlength="120" onInput=${e => setName(e.target.value)} />`}<//>
      <div class="buttons"><button disabled=${doing.busy || !name.trim()}>${t('Rename')}</button></div></form><//>`;
}

function Revoke({ node, onClose, onDone }) {
  const doing = useDoing();
  const end = async () => {
    if (await doing.run(() => post(`/api/node/${node.node}/revoke`))) onDone(t('{name} is revoked. Others learn it when they sync.', { name: node.name }));
  };
  return html`<${Dialog} title=${t('Revoke {name}?', { name: node.name })} onClose=${onClose}>
    <p>${t('For a device that was lost, stolen, or is not to record any more.')}</p>
    <ul><li>${t('From now on nothing is taken from it: it cannot sync here or anywhere else.')}</li>
      <li>${t('What it brought before stays: {n} records.', { n: num(node.records) })}</li>
      <li>${t('What it recorded since its last sync and did not send is not received any more. If you still have it, sync it first.')}</li>
      <li>${t('It cannot be undone. To use the device again, invite it as a new one.')}</li></ul>
    <${Failed} error=${doing.error} />
    <div class="buttons"><button type="button" class="danger" disabled=${doing.busy} onClick=${end}>${t('Revoke {name}', { name: node.name })}</button>
      <button type="button" class="second" onClick=${onClose}>${t('Leave it')}</button></div><//>`;
}

const WHILE_MS = 60000;      // a sync's length, from its first question to its end

function contactOf(n) {
  return n.self ? '-' : n.contact_ms ? time(n.contact_ms) : n.last_ms ? t('data of {when}', { when: time(n.last_ms) }) : '-';
}

// What a node has of what it may have: seen when it last spoke to this one.
function holdsOf(n) {
  if (n.self || !n.contact_ms) return '-';
  if (!n.same_ms) return t('not known yet');
  return n.contact_ms - n.same_ms < WHILE_MS ? t('everything') : t('what there was at {when}', { when: time(n.same_ms) });
}

// ---- the table ------------------------------------------------------------------------------------------------------------

function stateOf(n) {
  return n.revoked ? t('revoked') : n.self ? t('this one') : '';
}

// What is known of one, and what may be done about it.
function About({ node, onClose, onDo }) {
  const facts = [[t('Place'), `${placeName(node)} (${node.unit})`], [t('Kind'), roleName(node.role)], [t('Number'), node.node],
    [t('Last contact'), contactOf(node)], [t('Last data of'), node.last_ms ? time(node.last_ms) : '-'], [t('Holds'), holdsOf(node)],
    [t('Its records'), num(node.records)], [t('Version'), node.program || '-'], [t('State'), stateOf(node) || t('in use')]];
  return html`<${Dialog} title=${node.name} onClose=${onClose}>
    <dl class="facts">${facts.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
    ${node.ours && !node.revoked ? html`<div class="buttons">
      <button type="button" class="second" onClick=${() => onDo({ rename: node })}>${t('Rename')}</button>
      <button type="button" class="danger" onClick=${() => onDo({ revoke: node })}>${t('Revoke')}</button></div>` :
      !node.self && !node.revoked && html`<p class="quiet">${t('Renamed and revoked where it was invited.')}</p>`}<//>`;
}

function Invites({ invites }) {
  if (!invites.length) return null;
  return html`<h2>${t('Invited, not here yet')}</h2><ul class="list">${invites.map(i => html`<li key=${i.node} class="line">
    <strong>${i.name}</strong> · ${placeName(i)} · ${roleName(i.role)} · ${t('invited {when}', { when: time(i.made_ms) })}
    ${i.used && html` · ${t('has its certificate, has not synced yet')}`}</li>`)}</ul>`;
}

export default function Nodes({ args, go, status }) {
  const list = useList('/api/nodes', 'nodes', { unit: args.unit }, ['records']);
  const [doing, setDoing] = useState({});
  const [Said, say] = useSaid();
  const close = () => setDoing({});
  const done = text => { close(); say(text); list.reload(); };
  if (!list.data) return html`<${Waiting} of=${list} />`;
  const columns = [
    { key: 'name', title: t('Name'), show: n => html`<button type="button" class="plain name" onClick=${() => setDoing({ about: n })}>${n.name || n.node}</button>` },
    { key: 'unit_name', title: t('Place'), value: placeName },
    { key: 'role', title: t('Kind'), value: n => roleName(n.role) },
    { key: 'contact_ms', title: t('Last contact'), show: contactOf },
    { key: 'same_ms', title: t('Holds'), show: holdsOf },
    { key: 'records', title: t('Its records'), number: true },
    { key: 'program', title: t('Version') },
    { key: 'state', title: t('State'), value: stateOf },
  ];
  return html`<div class="buttons"><button type="button" onClick=${() => setDoing({ enrol: true })}>${t('Invite a device')}</button></div>
    <${Within} status=${status} path="/nodes" args=${args} go=${go} />
    ${Said}<${Failed} error=${list.error} />
    <${Table} stack=${true} caption=${t('Devices and offices')} columns=${columns} rows=${list.rows} sort="name" empty=${t('No device has been enrolled yet.')}
      downloads=${['csv', 'xlsx'].map(format => ({ title: format.toUpperCase(), href: href('/api/report/nodes', { format, unit: args.unit }) }))} />
    <${More} list=${list} /><${Invites} invites=${list.data.invites} />
    ${doing.about && html`<${About} node=${doing.about} onClose=${close} onDo=${setDoing} />`}
    ${doing.rename && html`<${Rename} node=${doing.rename} onClose=${close} onDone=${done} />`}
    ${doing.revoke && html`<${Revoke} node=${doing.revoke} onClose=${close} onDone=${done} />`}
    ${doing.enrol && html`<${Enrol} top=${status ? status.unit : null} addresses=${list.data.addresses}
      onClose=${() => { close(); list.reload(); }} />`}`;
}
