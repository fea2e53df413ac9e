// screens.js - a form cut into screens that a telephone shows: a group or a repeat is one, other questions stand a few together.
const TOGETHER = 5;
const SHORT = 8;      // a form up to so many questions is one screen

const isPlain = q => q.type !== 'group' && q.type !== 'repeat';

// Is there anything to be asked or told? What is computed without a label is not.
export function isShown(q) {
  return q.type !== 'calculate' && q.kind !== 'hidden' && !(q.computed && !Object.keys(q.label).length);
}

export function inside(form, name) {
  return form.questions.filter(q => q.in === name && isShown(q));
}

// Two decimals, lat and lon, are one question: where are you?
export function isPlace(questions, i) {
  const [a, b] = [questions[i], questions[i + 1]];
  return !!b && a.type === 'decimal' && b.type === 'decimal' && a.name === 'lat' && b.name === 'lon' && a.in === b.in;
}

// [{ title, questions }]: title is an object of texts, or null.
export function screensOf(form) {
  const top = inside(form, null);
  const out = [];
  let open = null;
  const limit = top.every(isPlain) && top.length <= SHORT ? SHORT : TOGETHER;
  top.forEach((q, i) => {
    if (q.type === 'group' || q.type === 'repeat') {
      out.push({ title: q.label, questions: q.type === 'group' ? inside(form, q.name) : [q], group: q.type === 'group' ? q.name : null });
      open = null;
      return;
    }
    const second = i > 0 && isPlace(top, i - 1);
    if (!open || open.questions.length >= limit && !second) {
      open = { title: null, questions: [], group: null };
      out.push(open);
    }
    open.questions.push(q);
  });
  return out;
}
