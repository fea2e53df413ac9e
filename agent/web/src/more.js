// more.js - all pages of this node, and what the program is.
import { html, useGet } from './parts.js';
import { pages } from './pages.js';
import { t } from './text.js';

// Who is logged in, over the network. A form: it works whatever became of the script's session.
function Account({ account }) {
  if (!account) return null;
  const role = { viewer: t('may read'), editor: t('may read and record'), admin: t('may do all') }[account.role];
  return html`<form method="post" action="/logout"><p>${t('Logged in as {name}: {role}, {place}',
    { name: account.name, role, place: account.unit_name })}</p><p><button>${t('Log out')}</button></p></form>`;
}

export default function More() {
  const status = useGet('/api/status');
  const role = status.data && status.data.role;
  return html`<ul class="list">${pages.filter(p => p.menu && p.roles.indexOf(role) >= 0)
    .map(p => html`<li key=${p.path}><a href=${`#${p.path}`}>${t(p.title)}</a></li>`)}</ul>
    <${Account} account=${status.data && status.data.account} />
    <p class="quiet">${status.data && `Cây Đa ${status.data.program}`} · <a href="/licences.txt">${t('Licences of what these pages are made with')}</a></p>`;
}
