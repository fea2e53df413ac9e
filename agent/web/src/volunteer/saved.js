// saved.js - what has just been saved is said, once it is on the disk.
import { Alert, html } from '../parts.js';
import { view } from '../route.js';
import { t } from '../text.js';

export function Saved({ args }) {
  if (!args.saved) return null;
  return html`<${Alert} kind="good">${t('Saved.')} <a href=${view('/record', { id: args.saved })}>${t('Look at it')}</a><//>`;
}
