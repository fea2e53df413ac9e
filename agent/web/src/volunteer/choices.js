// choices.js - questions that are answered by choosing: a few as large buttons, thousands by searching.
import { get, post } from '../api.js';
import { Field, html, useEffect, useName, useState } from '../parts.js';
import { getLanguage, label, t } from '../text.js';

const FEW = 12;      // more are searched
const FOUND = 20;
const SEARCH_MS = 150;

// ---- what there is to choose from ------------------------------------------------------------------------------------------

function ask(f, at, q, words, limit) {
  const d = f.draft;
  const args = { q: words, limit };
  if (!q.filtered) return get(`/api/form/${d.form}/list/${q.list}`, args);
  Object.assign(args, { row: at.index, record: d.record, unit: d.unit });
  return post(`/api/form/${d.form}/choices/${q.name}`, d.answers, args);
}

// The first choices, whether there are more, and the labels of those chosen.
function useChoices(f, at, q) {
  const [state, set] = useState(null);
  const about = q.filtered ? JSON.stringify(f.draft.answers) : '';
  useEffect(() => {
    let current = true;
    ask(f, at, q, '', FEW).then(all => current && set({ choices: all.choices, more: all.next !== null }),
      error => current && set({ choices: [], more: false, error: error.message }));
    return () => { current = false; };
  }, [q.list, about]);
  return state;
}

// ---- a group of buttons ------------------------------------------------------------------------------------------------------

// A question whose answer is not one box: named by a legend.
export function Choosing({ q, text, error, required, children }) {
  const id = useName();
  const about = [label(q.hint) && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ') || null;
  return html`<fieldset class=${error ? 'field wrong' : 'field'} aria-describedby=${about}>
    <legend class="label">${text}${required ? html`<span class="required"> *</span>` : ''}</legend>
    ${label(q.hint) && html`<small id=${`${id}-hint`}>${label(q.hint)}</small>`}
    ${children}
    ${error && html`<small class="error" id=${`${id}-error`} role="alert">${error}</small>`}</fieldset>`;
}

function Pick({ type, group, choice, checked, onPick }) {
  return html`<label class=${checked ? 'pick chosen' : 'pick'}>
    <input type=${type} name=${group} value=${choice.name} checked=${checked} onChange=${onPick} />
    <span>${label(choice.label) || choice.name}</span></label>`;
}

// ---- searching ---------------------------------------------------------------------------------------------------------------

// find(words): a promise of [{ name, text, more }]. chosen: text of what is chosen, or ''.
export function Search({ q, text, error, required, chosen, find, onPick, onClear }) {
  const [words, setWords] = useState('');
  const [found, setFound] = useState(null);
  useEffect(() => {
    let current = true;
    if (chosen) return undefined;
    const timer = setTimeout(() => find(words).then(list => current && setFound(list), () => current && setFound(null)), SEARCH_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [words, chosen, getLanguage()]);
  if (chosen)
    return html`<${Choosing} q=${q} text=${text} error=${error} required=${required}>
      <div class="row"><strong>${chosen}</strong>
        <button type="button" class="second" onClick=${() => { setWords(''); onClear(); }}>${t('Choose another')}</button></div><//>`;
  return html`<${Field} label=${text} hint=${label(q.hint)} error=${error} required=${required}>${wired => html`
    <input type="search" autocomplete="off" ...${wired} value=${words} placeholder=${t('Type a few letters, accents do not matter')}
      onInput=${e => setWords(e.target.value)} />
    <ul class="list found" aria-label=${t('Found')}>${(found || []).map(x => html`<li key=${x.name}>
      <button type="button" onClick=${() => onPick(x)}><span>${x.text}</span>${x.more && html`<small>${x.more}</small>`}</button></li>`)}</ul>
    ${found && !found.length && html`<p class="quiet" role="status">${t('Nothing fits these letters.')}</p>`}`}<//>`;
}

function searchChoices(f, at, q) {
  return words => ask(f, at, q, words, FOUND).then(all => all.choices.map(c => ({ name: c.name, text: label(c.label) || c.name })));
}

// The label of a choice that was made earlier: it is found by its name.
function useLabel(f, at, q, name) {
  const [text, set] = useState('');
  useEffect(() => {
    let current = true;
    if (!name) {
      set('');
      return undefined;
    }
    ask(f, at, q, name, FOUND).then(all => {
      const c = all.choices.filter(x => x.name === name)[0];
      if (current) set(c ? label(c.label) || name : name);
    }, () => current && set(name));
    return () => { current = false; };
  }, [name, getLanguage()]);
  return text || name || '';
}

// ---- questions -----------------------------------------------------------------------------------------------------------------

function SearchOne(props) {
  const { f, at, q } = props;
  const value = f.value(at, q.name);
  const chosen = useLabel(f, at, q, value);
  return html`<${Search} ...${props} chosen=${value ? chosen : ''} find=${searchChoices(f, at, q)}
    onPick=${x => f.set(at, q.name, x.name)} onClear=${() => f.set(at, q.name, null)} />`;
}

export function OneOf(props) {
  const { f, at, q } = props;
  const group = useName();
  const list = useChoices(f, at, q);
  const value = f.value(at, q.name);
  if (list && list.more) return html`<${SearchOne} ...${props} />`;
  return html`<${Choosing} ...${props}><div class=${list && list.choices.length === 2 ? 'picks two' : 'picks'}>
    ${list && list.choices.map(c => html`<${Pick} key=${c.name} type="radio" group=${group} choice=${c} checked=${value === c.name}
      onPick=${() => { f.set(at, q.name, c.name); f.see(at, q); }} />`)}</div>
    ${value !== null && value !== '' && !props.required && html`<button type="button" class="plain small"
      onClick=${() => f.set(at, q.name, null)}>${t('Take the answer back')}</button>`}<//>`;
}

function names(value) {
  return Array.isArray(value) ? value : value ? String(value).split(' ') : [];
}

function SearchMany(props) {
  const { f, at, q } = props;
  const chosen = names(f.value(at, q.name));
  const set = to => f.set(at, q.name, to.length ? to : null);
  return html`<${Search} ...${props} chosen="" find=${searchChoices(f, at, q)}
      onPick=${x => chosen.indexOf(x.name) < 0 && set(chosen.concat(x.name))} />
    <ul class="list">${chosen.map(name => html`<${Chosen} key=${name} f=${f} at=${at} q=${q} name=${name}
      onDrop=${() => set(chosen.filter(n => n !== name))} />`)}</ul>`;
}

function Chosen({ f, at, q, name, onDrop }) {
  return html`<li><button type="button" onClick=${onDrop}><span>${useLabel(f, at, q, name)}</span><small>${t('Take out')}</small></button></li>`;
}

// Of a rank the order of choosing is the answer.
export function ManyOf(props) {
  const { f, at, q } = props;
  const group = useName();
  const list = useChoices(f, at, q);
  const chosen = names(f.value(at, q.name));
  if (list && list.more) return html`<${SearchMany} ...${props} />`;
  const toggle = name => {
    const to = chosen.indexOf(name) < 0 ? chosen.concat(name) : chosen.filter(n => n !== name);
    f.set(at, q.name, to.length ? to : null);
    f.see(at, q);
  };
  const numbered = c => q.kind === 'rank' && chosen.indexOf(c.name) >= 0 ?
    Object.assign({}, c, { label: `${chosen.indexOf(c.name) + 1}. ${label(c.label) || c.name}` }) : c;
  return html`<${Choosing} ...${props}><div class="picks">${list && list.choices.map(c => html`<${Pick} key=${c.name} type="checkbox"
    group=${group} choice=${numbered(c)} checked=${chosen.indexOf(c.name) >= 0} onPick=${() => toggle(c.name)} />`)}</div><//>`;
}

export function Acknowledge(props) {
  const { f, at, q, text } = props;
  const done = !!f.value(at, q.name);
  return html`<${Choosing} ...${props}><div class="picks"><label class=${done ? 'pick chosen' : 'pick'}><input type="checkbox" checked=${done}
    onChange=${() => f.set(at, q.name, done ? null : 'OK')} /><span>${t('Yes: {text}', { text })}</span></label></div><//>`;
}

// ---- another form's record -------------------------------------------------------------------------------------------------------

// "12 · Nguyễn Văn A": its key, and its first text.
export function titleOf(record, form) {
  const texts = form.questions.filter(q => q.type === 'text' && record[q.name]).map(q => record[q.name]);
  const key = form.key && record[form.key] !== null && record[form.key] !== undefined ? String(record[form.key]) : '';
  return { text: [key, texts[0]].filter(Boolean).join(' · ') || record.id, more: texts[2] || '' };
}

export function RecordOf(props) {
  const { f, at, q } = props;
  const [other, setOther] = useState(null);
  const [chosen, setChosen] = useState('');
  const value = f.value(at, q.name);
  useEffect(() => { get(`/api/form/${q.form}`).then(setOther, () => {}); }, [q.form]);
  useEffect(() => {
    if (!value || !other) return;
    const ref = /^\d+\.\d+-\d+$/.test(value) ? value : `${q.form}:${value}`;
    get(`/api/record/${ref}`, { unit: f.draft.unit }).then(r => setChosen(titleOf(r, other).text), () => setChosen(value));
  }, [value, other]);
  const find = words => get('/api/records', { form: q.form, unit: f.draft.unit, q: words, limit: FOUND })
    .then(all => other ? all.records.map(r => Object.assign({ name: r.id }, titleOf(r, other))) : []);
  if (!other) return null;
  return html`<${Search} ...${props} chosen=${value ? chosen || value : ''} find=${find}
    onPick=${x => { setChosen(x.text); f.set(at, q.name, x.name); f.see(at, q); }} onClear=${() => f.set(at, q.name, null)} />`;
}
