// more.js - all pages of this node, and what the program is.
import { html, useGet } from './parts.js';
import { pages } from './pages.js';
import { t } from './text.js';

export default function More() {
  const status = useGet('/api/status');
  const role = status.data && status.data.role;
  return html`<ul class="list">${pages.filter(p => p.menu && p.roles.indexOf(role) >= 0)
    .map(p => html`<li key=${p.path}><a href=${`#${p.path}`}>${t(p.title)}</a></li>`)}</ul>
    <p class="quiet">${status.data && `Cây Đa ${status.data.program}`} · <a href="/licences.txt">${t('Licences of what these pages are made with')}</a></p>`;
}
