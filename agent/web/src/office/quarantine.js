// quarantine.js - packs that did not go into the tables, and what becomes of them.
import { html, Table, Waiting } from '../parts.js';
import { t, time } from '../text.js';
import { More, placeName, useList } from './common.js';

export default function Quarantine({ args }) {
  const list = useList('/api/quarantine', 'quarantine', { unit: args.unit }, ['records']);
  if (!list.data) return html`<${Waiting} of=${list} />`;
  const columns = [
    { key: 'state', title: t('State'), value: a => a.state_text },
    { key: 'name', title: t('Device'), value: a => a.name || a.node },
    { key: 'unit_name', title: t('Place'), value: placeName },
    { key: 'ms', title: t('Time'), show: a => time(a.ms) },
    { key: 'reason', title: t('Why') },
    { key: 'seq', title: t('Pack'), number: true },
  ];
  return html`<p>${t('What came from other devices and did not go into the tables. It does not stop the rest, and nothing of it is thrown away here.')}</p>
    <dl class="terms"><dt>${t('waiting')}</dt><dd>${t('for a form, a place, or its time: goes in by itself')}</dd>
      <dt>${t('set aside')}</dt><dd>${t('its author may not write what it holds: ask who enrolled the device')}</dd>
      <dt>${t('refused')}</dt><dd>${t('not signed by the author it names, or not theirs to send: is not kept here')}</dd></dl>
    <${Table} stack=${true} caption=${t('Packs set aside')} columns=${columns} rows=${list.rows} empty=${t('Nothing is set aside.')} />
    <${More} list=${list} />`;
}
