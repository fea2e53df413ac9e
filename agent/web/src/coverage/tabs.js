// tabs.js - views of one page, of which one is shown; which one stands in the address.
import { html } from '../parts.js';

// tabs: [[name, words]]; of(name): the fragment of that view.
export function Tabs({ tabs, current, of, title }) {
  return html`<nav class="tabs" aria-label=${title}>${tabs.map(([name, words]) =>
    html`<a key=${name} href=${of(name)} aria-current=${name === current ? 'true' : null}>${words}</a>`)}</nav>`;
}
