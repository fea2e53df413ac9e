// browser.mjs - Debian's Chromium on the pages: opened, looked at, checked.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { ROOT } from './node.mjs';

const require = createRequire(`${ROOT}/build/web/check/`);
const { chromium } = require('playwright-core');
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const SHOTS = `${ROOT}/build/web/shots`;
export const WAIT_MS = Number(process.env.WAIT || 30) * 1000; // that anything may take to happen

export const PHONE = { name: 'phone', width: 360, height: 640 };
export const SCREEN = { name: 'screen', width: 1366, height: 768 };

let browser;
// Root, as in continuous integration, has no sandbox; containers have little shared memory.
export async function launch() {
  browser = browser || await chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu',
      '--host-resolver-rules=MAP cayda.example.vn 127.0.0.1', ...(process.env.CHROMIUM_ARGS || '').split(' ').filter(Boolean)],
  });
  return browser;
}

export async function quit() {
  await browser?.close();
  browser = null;
}

// What no page may do: throw, break its own policy, ask another server. Collected in page.wrong
function mind(page, allowed) {
  page.wrong = [];
  page.on('pageerror', (e) => page.wrong.push(`thrown: ${e.stack || e}`));
  page.on('console', (m) => {
    if (/Content.Security.Policy/i.test(m.text())) page.wrong.push(m.text());
  });
  page.on('request', (r) => {
    const url = new URL(r.url());
    if (/^(https?|wss?):$/.test(url.protocol) && !allowed.has(url.host)) page.wrong.push(`asks another server: ${r.url()}`);
  });
}

// A page of its own browser profile; hosts: those that it may ask
export async function blank({ width = SCREEN.width, height = SCREEN.height, lang = 'vi', hosts = [], ...more } = {}) {
  const phone = width < 600;
  const context = await (await launch()).newContext({
    viewport: { width, height }, isMobile: phone, hasTouch: phone, deviceScaleFactor: phone ? 2 : 1,
    locale: lang === 'vi' ? 'vi-VN' : 'en-GB', timezoneId: 'Asia/Ho_Chi_Minh', ...more,
  });

  context.setDefaultTimeout(WAIT_MS);
  const page = await context.newPage();
  mind(page, new Set(hosts));
  return page;
}

// The pages of node's agent, as `cayda open` opens them
export async function open(node, options = {}) {
  const url = await node.door(), { host, origin } = new URL(url);
  const page = await blank({ ...options, hosts: [host, ...(options.hosts || [])] });

  page.origin = origin;
  await page.goto(url);
  await page.waitForURL(`${origin}/`);
  return page;
}

// Written to build/web/shots/NAME-WIDTH.png, whole unless told otherwise
export async function shot(page, name, options = {}) {
  const path = `${SHOTS}/${name}-${page.viewportSize().width}.png`;

  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path, fullPage: true, animations: 'disabled', ...options });
  return path;
}

// Throws when somebody with other eyes or hands cannot use what is shown (violations serious and critical).
export async function axe(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run({ resultTypes: ['violations'] }));
  const bad = violations.filter((v) => v.impact === 'serious' || v.impact === 'critical');

  if (bad.length)
    throw new Error(`axe: ${page.url()}\n${bad.map((v) => `${v.impact} ${v.id}: ${v.help}\n${v.nodes.slice(0, 5)
      .map((n) => `    ${n.html.slice(0, 160)}\n      ${n.failureSummary.replace(/\s+/g, ' ')}`).join('\n')}`).join('\n')}`);
}

// Makes the page's processor so many times slower, as an old phone's.
export async function throttle(page, times) {
  const cdp = await page.context().newCDPSession(page);

  await cdp.send('Emulation.setCPUThrottlingRate', { rate: times });
}
