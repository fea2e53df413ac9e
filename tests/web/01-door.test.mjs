// The pages open for who started the agent, and for nobody else.
import { assert, axe, onBoth, shot, test } from './rig.mjs';

onBoth('the first page is there, and everybody can use it', async (bed, size) => {
  const node = await bed.province();
  const page = await bed.open(node, size);

  await page.getByText('Tỉnh mẫu').first().waitFor();
  assert.equal(await page.locator('html').getAttribute('lang'), 'vi');
  assert.ok(!page.url().includes('code='), 'the code does not stay in the address bar');
  await axe(page);
  await shot(page, 'first');
});

test('in English as well, at once', async (bed) => {
  const page = await bed.open(await bed.province());

  await page.getByRole('button', { name: 'English' }).click();
  await page.locator('html[lang=en]').waitFor();
  await page.getByRole('navigation', { name: 'Main menu' }).waitFor();
  await axe(page);
});

test('who was not let in is told how to come in', async (bed) => {
  const node = await bed.province();
  const { host, origin } = new URL(await node.door());
  const page = await bed.blank({ hosts: [host] });

  assert.equal((await page.goto(origin)).status(), 401);
  await page.getByText('cayda open').waitFor();
  await axe(page);
  await shot(page, 'closed');
  await page.context().addCookies([{ name: `cayda_${new URL(origin).port}`, value: '0'.repeat(64), url: origin }]);
  assert.equal((await page.goto(origin)).status(), 401, 'a cookie that is not the session\'s');
});

test('an address of `cayda open` is good once', async (bed) => {
  const node = await bed.province();
  const url = await node.door(), { host, origin } = new URL(url);
  const [first, second] = [await bed.blank({ hosts: [host] }), await bed.blank({ hosts: [host] })];

  await first.goto(url);
  await first.waitForURL(`${origin}/`);
  assert.equal((await second.goto(url)).status(), 401);
});

// Another port of the same machine is the same site to a browser: it sends the cookie there.
test('another program\'s page reads nothing and changes nothing, though the browser sends the cookie', async (bed) => {
  const node = await bed.province();
  const site = await bed.site('<form method="post"><button>Đi</button></form><iframe></iframe>');
  const page = await bed.open(node, { hosts: [new URL(site).host] });
  const record = `${page.origin}/api/record?form=household&unit=90006-01`;

  await page.goto(site);
  assert.deepEqual(await page.evaluate(async ([status, to]) => {
    const body = '{"number": 1, "persons": 4}', include = { credentials: 'include' };
    const ask = (url, more) => fetch(url, { ...include, ...more }).then((r) => r.type, () => 'refused');
    return [await ask(status), await ask(to, { method: 'POST', body, mode: 'no-cors' }),
      await ask(to, { method: 'POST', body, headers: { 'Content-Type': 'application/json' } })];
  }, [`${page.origin}/api/status`, record]), ['refused', 'refused', 'refused']);
  await Promise.all([page.waitForEvent('console', (m) => /frame-ancestors 'none'/.test(m.text())),
    page.evaluate((to) => { document.querySelector('iframe').src = to; }, `${page.origin}/`)]);
  const [answer] = await Promise.all([page.waitForEvent('response', (r) => r.request().method() === 'POST'),
    page.evaluate((to) => { document.forms[0].action = to; document.forms[0].submit(); }, record)]);
  assert.equal(answer.status(), 403);
  assert.ok((await answer.request().allHeaders()).cookie, 'the browser did send it');
  assert.equal(page.wrong.splice(0).length, 1, 'it is not framed, and that is all');
  assert.equal((await node.cy('list', 'household', '--columns', 'number')).match(/^\s*1\s*$/m), null);
});
