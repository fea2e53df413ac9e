// Colleagues on the office's network come in by accounts: over nginx and TLS as README has it, or plainly when that is said.
import { request } from 'node:https';
import { assert, axe, onBoth, PHONE, shot, test } from './rig.mjs';

const PASSWORD = 'bốn từ là đủ';

async function logIn(page, name, password = PASSWORD) {
  await page.getByLabel('Tài khoản').fill(name);
  await page.getByLabel('Mật khẩu').fill(password);
  await page.getByRole('button', { name: 'Đăng nhập' }).click();
}

// An office whose pages a proxy serves, with an account of each role
async function office(bed, { visits = 5 } = {}) {
  const node = await bed.home({ visits });

  await node.account('lan', PASSWORD, '--role', 'editor', '--unit', '90006-01', '--full-name', 'Nguyễn Thị Lan');
  await node.account('xem', PASSWORD);
  await node.account('hoa', PASSWORD, '--role', 'admin');
  return { node, proxy: await bed.proxy(node) };
}

// What nginx passes on, beyond what a browser would ever send
function ask(origin, path, headers = {}) {
  const { port, host } = new URL(origin);

  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, headers: { Host: host, ...headers }, rejectUnauthorized: false }, (r) => {
      r.resume();
      r.on('end', () => resolve(r));
    }).on('error', reject).end();
  });
}

onBoth('over TLS: a link finds its reader logged in, who records under his own name', async (bed, size) => {
  const { node, proxy } = await office(bed);
  const letter = await bed.site(`<a href="${proxy.origin}/#/more">Xem</a>`);
  const page = await bed.over(proxy, { ...size, hosts: [new URL(letter).host] });

  await page.goto(`${proxy.origin}/#/households`);
  await axe(page);
  await shot(page, 'login');
  await logIn(page, 'lan', 'sai mật khẩu');
  await page.getByRole('alert').getByText('sai tên hoặc mật khẩu').waitFor();
  await axe(page);
  await logIn(page, 'LAN ');
  await page.waitForURL(`${proxy.origin}/#/households`);
  await page.getByText('1 · ').first().waitFor();

  const [cookie] = await page.context().cookies();
  assert.deepEqual([cookie.name, cookie.secure, cookie.httpOnly, cookie.sameSite], ['__Host-cayda', true, true, 'Lax']);
  const saved = await page.evaluate(() => fetch('/api/record?form=household&person=1.0-1', {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"number": 4001, "persons": 3}',
  }).then((r) => r.json()));
  const { person, unit } = await node.json('show', saved.id);
  assert.equal(unit, '90006-01');
  assert.equal((await node.json('show', person)).name, 'Nguyễn Thị Lan');

  // From another site's page, as a link in a letter
  await page.goto(letter);
  await page.getByRole('link', { name: 'Xem' }).click();
  await page.getByText('Đang đăng nhập: lan').waitFor();
  await axe(page);
  await page.getByRole('button', { name: 'Đăng xuất' }).click();
  await page.waitForURL(`${proxy.origin}/login`);
  await page.goto(`${proxy.origin}/`);
  await page.getByLabel('Mật khẩu').waitFor();
  assert.deepEqual((await page.context().cookies()).map((c) => c.value).filter(Boolean), []);
});

test('who is logged out in the middle of a form is told, and what is typed stays', async (bed) => {
  const { node, proxy } = await office(bed);
  const page = await bed.over(proxy, PHONE);

  await page.goto(`${proxy.origin}/#/form?form=household&unit=90006-01`);
  await logIn(page, 'lan');
  await page.getByLabel('Số thứ tự hộ').fill('4002');
  await node.account('lan', 'một mật khẩu khác', 'password');
  await page.getByLabel('Số thứ tự hộ').fill('4003');
  await page.getByLabel('Số thứ tự hộ').blur();
  const again = page.getByRole('link', { name: 'Đăng nhập lại' });
  await again.waitFor();
  const [other] = await Promise.all([page.context().waitForEvent('page'), again.click()]);
  await logIn(other, 'lan', 'một mật khẩu khác');
  await other.waitForURL(`${proxy.origin}/`);
  await other.close();
  await again.waitFor({ state: 'detached' });
  assert.equal(await page.getByLabel('Số thứ tự hộ').inputValue(), '4003');
  await page.getByRole('button', { name: 'Lưu phiếu' }).click();
  await page.getByText('Đã lưu.').waitFor();
  assert.equal((await node.json('show', 'household:4003', '--unit', '90006-01')).unit, '90006-01');
});

test('who only reads sees the province, and saves nothing', async (bed) => {
  const { node, proxy } = await office(bed);
  const page = await bed.over(proxy, {});

  await page.goto(`${proxy.origin}/#/coverage`);
  await logIn(page, 'xem');
  await page.getByText('Xã 6').first().waitFor();
  const before = (await node.json('status')).records;
  const status = await page.evaluate(() => fetch('/api/record?form=household&unit=90006-01', {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"number": 4009, "persons": 3}',
  }).then((r) => r.status));
  assert.equal(status, 403);
  assert.equal((await node.json('status')).records, before);
});

test('the proxy passes on what it is told, and nothing of it opens the door', async (bed) => {
  const { node, proxy } = await office(bed, { visits: 0 });
  const door = new URL(await node.door());
  const token = `cayda_${door.port}=${(await (await fetch(door)).headers.getSetCookie())[0].split(/[=;]/)[1]}`;

  assert.equal((await fetch(`${door.origin}/api/status`, { headers: { Cookie: token } })).status, 200, 'the token is good here');
  for (const headers of [{}, { Cookie: token }, { Cookie: token.replace(/^[^=]*/, '__Host-cayda') },
    { Cookie: token, 'X-Forwarded-For': '127.0.0.1', 'X-Forwarded-Proto': 'http' }, { Cookie: token, Forwarded: 'for=127.0.0.1' }])
    assert.equal((await ask(proxy.origin, '/api/status', headers)).statusCode, 401, JSON.stringify(headers));
  for (const host of [door.host, 'evil.example', 'localhost'])
    assert.notEqual((await ask(proxy.origin, '/api/status', { Host: host })).statusCode, 200, host);
  assert.equal((await ask(proxy.origin, `/open${new URL(await node.door()).search}`)).statusCode, 401, 'an address of cayda open');

  // Without TLS nobody logs in, also where somebody configured it so.
  const plain = await bed.over({ origin: proxy.plain }, {});
  assert.equal((await plain.goto(proxy.plain)).status(), 403);
  await plain.getByText('chỉ mở được các trang này bằng https').waitFor();
});

test('plain HTTP at an address of this machine, when that is said', async (bed) => {
  const node = await bed.home();

  await node.account('xem', PASSWORD);
  const origin = `http://127.0.0.2:${await node.port()}`;
  await node.start('--listen', '127.0.0.1:0', '--web', origin.slice(7), '--web-plain');
  const page = await bed.over({ origin }, PHONE);
  assert.equal((await page.goto(origin)).status(), 401);
  await logIn(page, 'xem');
  await page.getByText('Tỉnh mẫu').first().waitFor();
  const [cookie] = await page.context().cookies();
  assert.deepEqual([cookie.secure, cookie.httpOnly], [false, true]);
});
