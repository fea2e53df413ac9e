// press.js - while a button is held down nothing on the page moves, or the press would miss what it is meant for: leaving a
// field tells what is wrong with it, and asks for other questions, at the very moment when "Next" is pressed.
let pressed = false;
const waiting = [];

function release() {
  pressed = false;
  setTimeout(() => waiting.splice(0).forEach(fn => fn()), 0);      // once the press has been heard
}

addEventListener('mousedown', () => { pressed = true; }, true);
['mouseup', 'dragend', 'blur'].forEach(name => addEventListener(name, e => (name !== 'blur' || e.target === window) && release(), true));

export function whenFree(fn) {
  if (pressed) waiting.push(fn);
  else fn();
}
