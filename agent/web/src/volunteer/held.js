// held.js - how far a record has come, in a few words.
import { html } from '../parts.js';
import { t } from '../text.js';

const WORDS = {
  device: () => t('only on this device'),
  parent: () => t('at the commune'),
  root: () => t('at the province'),
};

export function Held({ held }) {
  return html`<span class=${`held ${held}`}>${WORDS[held] ? WORDS[held]() : held}</span>`;
}
