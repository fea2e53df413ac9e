// app.js - the frame around every page: menu, language, and whether the agent is there.
import { Component } from 'preact';
import { agentState, onAgent } from './api.js';
import { html, render, useEffect, useGet, useRef, useState } from './parts.js';
import { pages } from './pages.js';
import { go, readRoute } from './route.js';
import Join from './volunteer/join.js';
import { watchDrafts } from './volunteer/drafts.js';
import { getLanguage, onLanguage, setLanguage, suggestLanguage, t } from './text.js';

const BAR_ROOM = 4;      // places at the foot of a phone, "More" left out

function useRoute() {
  const [route, set] = useState(readRoute);
  useEffect(() => {
    const moved = () => set(readRoute());
    addEventListener('hashchange', moved);
    return () => removeEventListener('hashchange', moved);
  }, []);
  return route;
}

function useAgent() {
  const [state, set] = useState(agentState);
  useEffect(() => {
    set(agentState());
    return onAgent(set);
  }, []);
  return state;
}

// A page that breaks does not take the frame with it.
class Guard extends Component {
  componentDidCatch(error) {
    console.error(error);
    this.setState({ broken: true });
  }

  render() {
    if (!this.state.broken) return this.props.children;
    return html`<div class="alert bad" role="alert">${t('Something went wrong on this page. What you saved is safe.')}
      <button type="button" onClick=${() => location.reload()}>${t('Load the page again')}</button></div>`;
  }
}

// Over the network people come in by accounts; here the token is this device's.
const overNetwork = ['127.0.0.1', 'localhost', '[::1]'].indexOf(location.hostname) < 0;

function Bar({ state }) {
  if (state === 'here') return null;
  if (state === 'closed' && overNetwork) {
    return html`<div class="away" role="alert">${t('You are logged out. What you typed is kept here.')}
      ${' '}<a href="/login" target="_blank">${t('Log in again')}</a></div>`;
  }
  return html`<div class="away" role="alert">${state === 'away' ?
    t('The program on this device is stopped. What you type is kept here; start the program again to go on.') :
    t('Open these pages anew: type "cayda open" on this device. What you typed is kept here.')}</div>`;
}

function Menu({ role, current }) {
  const mine = pages.filter(p => p.menu && p.roles.indexOf(role) >= 0);
  const link = (p, extra) => html`<a key=${p.path} href=${`#${p.path}`} class=${extra}
    aria-current=${p.path === current || p.path === `/${current.split('/')[1]}` ? 'page' : null}>${t(p.title)}</a>`;
  return html`<nav class="menu" aria-label=${t('Main menu')}>
    ${mine.map((p, i) => link(p, i < BAR_ROOM ? null : 'beyond'))}
    ${link(pages.filter(p => p.path === '/more')[0], 'more')}
  </nav>`;
}

function Language() {
  const other = getLanguage() === 'vi' ? 'en' : 'vi';
  return html`<button type="button" class="language" lang=${other} onClick=${() => setLanguage(other)}>
    ${other === 'vi' ? 'Tiếng Việt' : 'English'}</button>`;
}

function App() {
  const route = useRoute();
  const agent = useAgent();
  const [language, setDrawn] = useState(getLanguage);
  const status = useGet('/api/status', {}, ['records']);
  const main = useRef(null);
  const role = status.data ? status.data.role : null;
  const first = pages.filter(p => p.menu && p.roles.indexOf(role) >= 0)[0];
  const path = route.path !== '/' ? route.path : first ? first.path : '';
  const page = pages.filter(p => p.path === path)[0];
  useEffect(() => onLanguage(setDrawn), []);
  const none = role === 'none';
  useEffect(() => status.data && suggestLanguage(status.data.language), [status.data]);
  useEffect(() => {
    document.title = page ? `${t(page.title)} · Cây Đa` : 'Cây Đa';
  }, [path, language]);
  useEffect(() => {
    scrollTo(0, 0);
    if (main.current) main.current.focus();
  }, [path]);
  return html`<a class="skip" href="#main" onClick=${e => { e.preventDefault(); main.current.focus(); }}>${t('Skip to the content')}</a>
    <header><a class="home" href="#/"><img src="/icon.svg" alt="" width="32" height="32" /> Cây Đa</a>
      <span class="place">${status.data ? status.data.unit_name : ''}</span><${Language} /></header>
    <${Bar} state=${agent} />
    ${!none && html`<${Menu} role=${role} current=${path} />`}
    <main id="main" tabindex="-1" ref=${main}>
      ${none ? html`<${Join} onJoined=${status.reload} />` : page ? html`${!page.titled && html`<h1>${t(page.title)}</h1>`}<${Guard} key=${path}><${page.page} args=${route.args} go=${go} status=${status.data} /><//>` :
        path && html`<p>${t('There is no such page.')}</p>`}
    </main>`;
}

document.documentElement.lang = getLanguage();
watchDrafts();
render(html`<${App} />`, document.body);
if ('serviceWorker' in navigator) navigator.serviceWorker.register('/sw.js').catch(() => {});
