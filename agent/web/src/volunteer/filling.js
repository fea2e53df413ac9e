// filling.js - a form being filled in: the answers so far, and what the agent says to them. No rule of the form is here.
import { onAgent, patch, post } from '../api.js';
import { t } from '../text.js';
import { dropHere, keepHere, send } from './drafts.js';
import { whenFree } from './press.js';

const CHECK_MS = 200;      // after the last key
const NOTHING = { questions: {}, rows: {}, error: null, ok: false };

export class Filling {
  // d: a draft (drafts.js); form: what GET /api/form said; changed(): to draw again.
  constructor(d, form, changed) {
    Object.assign(this, { draft: d, form, changed: () => whenFree(changed), check: null, problem: null, saving: false, unkept: false });
    this.asked = 0;      // checks that were asked for, so that a late answer is not taken for the last one
    this.timer = null;
    this.sending = null;
    this.dirty = false;
    this.unchecked = {};      // what was typed since
    this.seen = {};      // where the person has been: errors are shown there
    this.end = onAgent(state => state === 'here' && (this.look(), this.dirty && this.handOver()));
  }

  close() {
    clearTimeout(this.timer);
    this.end();
    this.changed = () => {};
  }

  // ---- answers ---------------------------------------------------------------------------------------------------------

  get top() {
    return { holder: this.draft.answers, node: this.check || NOTHING, path: '' };
  }

  // A place in the form: holder has the answers, node what the agent said, path names it.
  // A row that is dropped is told of no more.
  rows(at, name) {
    const said = at.node.rows && at.node.rows[name] || [];
    const held = at.holder[name] || [];
    const out = [];
    let told = 0;
    for (let i = 0; i < held.length || told < said.length; i++) {
      const holder = held[i] || {};
      if (!holder._drop) out.push({ holder, node: said[told++] || NOTHING, index: i, path: `${at.path}${name}.${i}.` });
    }
    return out;
  }

  value(at, name) {
    if (name in at.holder) return at.holder[name];
    const said = at.node.questions[name];
    return said && said.value !== undefined ? said.value : null;
  }

  isAsked(at, q) {
    const said = at.node.questions[q.name];
    return said ? said.asked : !!q.always;
  }

  set(at, name, value, { typing = false } = {}) {
    at.holder[name] = value;
    this.unchecked[at.path + name] = true;
    this.touched(typing);
  }

  // Rows that only the agent has so far become rows of the answers, to be changed.
  openRows(at, name) {
    const said = at.node.rows && at.node.rows[name] || [];
    const held = at.holder[name] || [];
    for (let told = held.filter(row => !row._drop).length; told < said.length; told++)
      held.push(said[told]._id ? { _id: said[told]._id } : {});
    at.holder[name] = held;
    return held;
  }

  addRow(at, name) {
    this.openRows(at, name).push({});
    this.touched(false);
  }

  dropRow(at, name, index) {
    const held = this.openRows(at, name);
    if (held[index]._id) held[index]._drop = true;
    else held.splice(index, 1);
    this.touched(false);
  }

  // ---- errors ------------------------------------------------------------------------------------------------------------

  error(at, q) {
    const said = at.node.questions[q.name];
    if (!said || !said.asked || !said.error || this.unchecked[at.path + q.name]) return null;
    const v = this.value(at, q.name);
    if (v === null || v === '' || v === undefined) return t('This has to be answered.');
    return said.error.replace(new RegExp(`^([^:]*, )?${q.name}: `), '');      // which question it is can be seen
  }

  see(at, q) {
    if (this.seen[at.path + q.name]) return;
    this.seen[at.path + q.name] = true;
    this.changed();
  }

  shownError(at, q) {
    return this.seen[at.path + q.name] ? this.error(at, q) : null;
  }

  // Names of what is wrong among questions, rows of repeats included: paths. inside(name): questions of a group or repeat.
  wrong(at, questions, inside) {
    return questions.reduce((out, q) => {
      if (!this.isAsked(at, q)) return out;
      if (q.type === 'group') return out.concat(this.wrong(at, inside(q.name), inside));
      if (q.type === 'repeat')
        return this.rows(at, q.name).reduce((o, row) => o.concat(this.wrong(row, inside(q.name), inside)), out);
      return this.error(at, q) ? out.concat(at.path + q.name) : out;
    }, []);
  }

  // ---- the agent -----------------------------------------------------------------------------------------------------------

  touched(typing) {
    this.draft.ms = Date.now();
    this.unkept = !keepHere(this.draft);
    this.dirty = true;
    this.changed();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), typing ? CHECK_MS : 0);
  }

  async look() {
    const round = ++this.asked;
    const d = this.draft;
    clearTimeout(this.timer);
    if (this.dirty) this.handOver();
    try {
      const check = await post(`/api/form/${d.form}/check`, d.answers, { record: d.record, unit: d.unit, person: d.person });
      if (round !== this.asked) return;
      this.check = check;
      this.unchecked = {};
      this.problem = check.error;
    } catch (e) {
      if (round !== this.asked) return;
      this.problem = e.status ? e.message : null;      // the bar tells of an agent that is away
    }
    this.changed();
  }

  // One at a time, and again while there is something new.
  handOver() {
    if (this.sending) return this.sending;
    this.sending = (async () => {
      let error = null;
      while (this.dirty && !error) {
        this.dirty = false;
        try {
          await send(Object.assign({}, this.draft));
          this.unkept = false;
        } catch (e) {
          this.dirty = true;
          error = e;
        }
      }
      this.sending = null;
      return error;
    })();
    return this.sending;
  }

  // The record's id, or null: problem says why.
  async save() {
    const d = this.draft;
    this.saving = true;
    this.problem = null;
    this.changed();
    let id = null;
    try {
      this.dirty = true;
      await this.sending;
      const error = await this.handOver();
      if (error && error.status !== 409) throw error;
      const args = { draft: d.name, person: d.person };
      id = d.record ? (await patch(`/api/record/${d.record}`, d.answers, args)).id :
        (await post('/api/record', d.answers, Object.assign({ form: d.form, unit: d.unit }, args))).id;
      dropHere(d.name);
    } catch (e) {
      this.problem = e.status ? e.message :
        t('The program does not answer, so this is not saved yet. It is kept here: press Save again when the program runs.');
    }
    this.saving = false;
    this.changed();
    return id;
  }
}
