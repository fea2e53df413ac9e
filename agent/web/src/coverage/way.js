// way.js - a page's heading, with the units from the widest down to the one that is shown.
import { html } from '../parts.js';
import { t } from '../text.js';

// The place that somebody works for: the account's, else the node's.
export function ownPlace(status) {
  return status && (status.account ? status.account.unit : status.unit);
}

// An office sees its own place and below: what it has of those above is not all of theirs. of(code): the fragment of a unit.
export function Way({ title, path, own, of }) {
  const mine = path.slice(Math.max(0, path.map(u => u.code).indexOf(own)));
  return html`<div class="wayhead"><h1>${title}</h1><nav class="way" aria-label=${t('Where you are')}><ol>${mine.map((u, i) => html`<li key=${u.code}>
    ${i === mine.length - 1 ? html`<strong aria-current="location">${u.name}</strong>` : html`<a href=${of(u.code)}>${u.name}</a>`}</li>`)}</ol></nav></div>`;
}
