// route.js - the fragment of the address is the whole view: #/coverage?unit=24&by=commune
export function readRoute() {
  const [path, query] = location.hash.slice(1).split('?');
  const args = {};
  (query || '').split('&').filter(Boolean).forEach(pair => {
    const at = pair.indexOf('=');
    try {
      args[decodeURIComponent(at < 0 ? pair : pair.slice(0, at))] = at < 0 ? '' : decodeURIComponent(pair.slice(at + 1));
    } catch (e) { /* not one of ours */ }
  });
  return { path: path || '/', args };
}

// The fragment of a view, for a link's href. Members of args that are null, undefined or '' are left out.
// path may bring a query of its own.
export function view(path, args) {
  const text = Object.keys(args || {}).filter(k => args[k] !== null && args[k] !== undefined && args[k] !== '')
    .map(k => `${encodeURIComponent(k)}=${encodeURIComponent(args[k])}`).join('&');
  return `#${path}${text ? `${path.indexOf('?') < 0 ? '?' : '&'}${text}` : ''}`;
}

// replace: without a step to go back to.
export function go(path, args, { replace = false } = {}) {
  const to = view(path, args);
  if (replace) {
    history.replaceState(null, '', to);
    dispatchEvent(new Event('hashchange'));
  } else {
    location.hash = to;
  }
}
