// preview.js - a form as a volunteer sees it, to be tried out: nothing of it is kept anywhere.
import { Alert, html, useEffect, useGet, useState, Waiting } from '../parts.js';
import { view } from '../route.js';
import { getLanguage, isoDay, label, t } from '../text.js';
import { Filling } from '../volunteer/filling.js';
import { Screen } from '../volunteer/form.js';
import { screensOf } from '../volunteer/screens.js';

const TYPING_MS = 200;      // after the last key

class Trying extends Filling {
  touched(typing) {
    this.fits = false;
    this.changed();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), typing ? TYPING_MS : 0);
  }

  handOver() {
    return null;
  }

  async save() {
    this.fits = true;
    this.changed();
    return null;
  }
}

function useTrying(form) {
  const [, draw] = useState(0);
  const [f, set] = useState(null);
  useEffect(() => {
    if (!form) return undefined;
    const answers = form.date ? { [form.date]: isoDay(Date.now()) } : {};
    const trying = new Trying({ name: '', form: form.code, unit: null, record: null, person: null, answers, screen: 0 }, form, () => draw(n => n + 1));
    trying.look();
    set(trying);
    return () => trying.close();
  }, [form && `${form.code} ${form.version}`]);
  useEffect(() => { if (f) f.look(); }, [f, getLanguage()]);
  return f;
}

export default function Preview({ args, go }) {
  const form = useGet(`/api/form/${args.form}`);
  const f = useTrying(form.data);
  if (!form.data || !f) return html`<h1>${t('What a volunteer sees')}</h1><${Waiting} of=${form} />`;
  return html`<${Alert}>${t('This is a try: nothing is saved.')} <a href=${view('/forms')}>${t('Back to the forms')}</a><//>
    <div class="preview"><h1>${label(f.form.label) || f.form.code}</h1>
      <${Screen} f=${f} screens=${screensOf(f.form)} args=${{}} go=${go} />
      ${f.fits && html`<${Alert} kind="good">${t('Everything fits: a volunteer would have saved it now.')}<//>`}</div>`;
}
