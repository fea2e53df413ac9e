// ask.js - what several pages of the volunteer ask of the agent.
import { get } from '../api.js';
import { html, useEffect, useGet, useState } from '../parts.js';
import { label, t } from '../text.js';

const PAGE = 500;
const FEW = 50;             // choices of a list that is read whole
const TOO_MANY = 5000;      // records of a kind of which a page shows the newest

// Every record of a list, oldest first.
export async function all(path, args) {
  let out = [];
  let after = null;
  do {
    const part = await get(path, Object.assign({}, args, { limit: PAGE, after }));
    out = out.concat(part.records);
    after = part.next;
  } while (after && out.length < TOO_MANY);
  return out;
}

// Every form of this node with its questions: [] until they are here.
export function useForms() {
  const [forms, set] = useState([]);
  useEffect(() => {
    let current = true;
    get('/api/forms').then(list => Promise.all(list.forms.map(f => get(`/api/form/${f.code}`))))
      .then(list => current && set(list), () => {});
    return () => { current = false; };
  }, []);
  return forms;
}

// The question by which a form's records are about those of another: a visit's household.
export function aboutOf(form) {
  return form.questions.filter(q => q.type === 'record' && q.required)[0] || null;
}

// Labels of the choices of a form's lists that these answers use: (list, name) => text.
export function useLabels(form, answers) {
  const [lists, set] = useState({});
  const wanted = form && answers ? form.questions.filter(q => q.list && answers[q.name])
    .map(q => ({ list: q.list, names: [].concat(answers[q.name]) })) : [];
  useEffect(() => {
    let current = true;
    const ask = (list, args) => get(`/api/form/${form.code}/list/${list}`, args).then(found => {
      if (current) set(s => Object.assign({}, s, { [list]: (s[list] || []).concat(found.choices) }));
      return found;
    });
    wanted.forEach(({ list, names }) => ask(list, { limit: FEW }).then(found =>
      found.next && names.forEach(q => ask(list, { q })), () => {}));
    return () => { current = false; };
  }, [form && form.code, JSON.stringify(wanted)]);
  return (list, name) => {
    const choice = (lists[list] || []).filter(c => c.name === name)[0];
    return choice ? label(choice.label) : name;
  };
}

const KEPT_AS = 'place';

// An office works for many villages: the one chosen last. A device has its own.
export function chosenPlace() {
  try {
    return localStorage.getItem(KEPT_AS) || '';
  } catch (e) {
    return '';
  }
}

function keepPlace(code) {
  try {
    localStorage.setItem(KEPT_AS, code);
  } catch (e) { /* it is chosen again next time */ }
}

// Selects from a unit downward, to a village.
function Below({ under, onChoose }) {
  const units = useGet('/api/units', { parent: under });
  const [code, setCode] = useState('');
  if (!units.data || !units.data.below.length) return null;
  const chosen = units.data.below.filter(u => u.code === code)[0];
  const choose = e => {
    const u = units.data.below.filter(x => x.code === e.target.value)[0];
    setCode(e.target.value);
    if (u && u.level === 'village') onChoose(u.code);
  };
  return html`<div><label class="field"><span class="label">${t('In {place}', { place: units.data.unit.name })}</span>
    <select onChange=${choose} value=${code}><option value="">${t('Choose...')}</option>
      ${units.data.below.map(u => html`<option key=${u.code} value=${u.code}>${u.name}</option>`)}</select></label>
    ${chosen && chosen.level !== 'village' && html`<${Below} key=${code} under=${code} onChoose=${onChoose} />`}
  </div>`;
}

// Which village an office is at work for. unit: the one chosen, or ''; onChoose(''): another one is wanted.
export function Place({ unit, onChoose }) {
  const own = useGet(unit ? '/api/units' : null, { parent: unit });
  const choose = code => {
    keepPlace(code);
    onChoose(code);
  };
  if (!unit) return html`<${Below} onChoose=${choose} />`;
  return html`<p class="row chosen"><strong>${own.data ? own.data.unit.name : unit}</strong>
    <button type="button" class="second" onClick=${() => choose('')}>${t('Choose another')}</button></p>`;
}
