// rig.mjs - what tests of pages get: a bed with nodes and pages, taken away at the end, whatever happens.
//
//  test('a claim', async (bed) => {
//    const node = await bed.province({ visits: 20 });
//    const page = await bed.open(node, { ...PHONE, lang: 'vi' });
//    await page.getByRole('link', { name: 'Hộ gia đình' }).click();
//    await axe(page);
//    await shot(page, 'households');
//    await node.kill();
//    await node.restart();
//  });
//
// A test waits for what is to be seen, never for a time. It fails as well when a page threw, broke its
// content policy or asked another server.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import nodeTest, { after } from 'node:test';
import { blank, open, PHONE, quit, SCREEN, shot } from './browser.mjs';
import { freePort, province } from './node.mjs';
import { NAME, proxy } from './proxy.mjs';

export { default as assert } from 'node:assert/strict';
export { axe, PHONE, SCREEN, shot, throttle, WAIT_MS } from './browser.mjs';
export { CAYDA, Node, ROOT } from './node.mjs';

const LIMIT_MS = Number(process.env.LIMIT || 300) * 1000;

class Bed {
  constructor() {
    this.folder = mkdtempSync(`${tmpdir()}/cayda-web-`);
    this.nodes = [];
    this.pages = [];
    this.sites = [];
    this.proxies = [];
  }

  keep(node) {
    this.nodes.push(node);
    return node;
  }

  // A province whose agent does not run yet
  async home({ visits = 0 } = {}) {
    return this.keep(await province(this.folder, { visits }));
  }

  // Starts node's agent behind nginx; see proxy.mjs
  async proxy(node) {
    const [port, plain, web] = [await freePort(), await freePort(), await node.port()];

    await node.start('--listen', '127.0.0.1:0', '--web-name', `${NAME}:${port}`);
    const started = await proxy(this.folder, { port, plain, web });
    this.proxies.push(started);
    return started;
  }

  // A page that has not been anywhere, and may ask that server
  over({ origin }, options) {
    const hosts = [new URL(origin).host, ...(options.hosts || [])];

    return this.blank({ ...options, hosts, ignoreHTTPSErrors: true });
  }

  // A province whose agent runs; visits: recorded in each of its three villages
  async province({ visits = 0, options = [] } = {}) {
    return (await this.home({ visits })).start('--listen', '127.0.0.1:0', ...options);
  }

  // A node below that one, which has enrolled and runs
  async child(parent, { unit = '90006-01', name = 'may', role = 'device', visits = 0 } = {}) {
    const node = this.keep(await parent.invite(unit, name, role));

    if (visits) await node.draw(unit, visits);
    await node.cy('sync');
    return role === 'device' ? node.start() : node.start('--listen', '127.0.0.1:0');
  }

  async open(node, options) {
    const page = await open(node, options);

    this.pages.push(page);
    return page;
  }

  // A page that has not been anywhere; hosts: those that it may ask
  async blank(options) {
    const page = await blank(options);

    this.pages.push(page);
    return page;
  }

  // The address of another program's page on this machine
  async site(html) {
    const server = createServer((q, r) => r.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(html));

    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.sites.push(server);
    return `http://127.0.0.1:${server.address().port}/`;
  }

  async failed(name) {
    const file = `failed-${name.replace(/[^\p{L}\p{N}]+/gu, '-')}`;

    await Promise.all(this.pages.map((page, i) => shot(page, `${file}-${i}`).catch(() => null)));
    for (const node of this.nodes) if (node.log) console.error(`--- ${node.name}\n${node.log}`);
  }

  async end() {
    await Promise.all(this.pages.map((page) => page.context().close().catch(() => null)));
    await Promise.all(this.nodes.map((node) => node.kill()));
    await Promise.all(this.proxies.map((p) => p.stop()));
    this.sites.forEach((server) => server.close());
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function test(name, fn) {
  nodeTest(name, { timeout: LIMIT_MS }, async () => {
    const bed = new Bed();

    try {
      await fn(bed);
      const wrong = bed.pages.flatMap((page) => page.wrong);
      if (wrong.length) throw new Error(`a page did what no page may:\n${wrong.join('\n')}`);
    } catch (e) {
      await bed.failed(name);
      throw e;
    } finally {
      await bed.end();
    }
  });
}

// The same on a volunteer's phone and on an office's screen: fn(bed, size)
export function onBoth(name, fn) {
  for (const size of [PHONE, SCREEN]) test(`${name} (${size.name})`, (bed) => fn(bed, size));
}

after(quit);
