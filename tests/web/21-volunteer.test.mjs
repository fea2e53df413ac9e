// A volunteer's day: the village's households, training sessions, where the records are, joining, an agent that is stopped.
import { writeFileSync } from 'node:fs';
import { assert, axe, Node, onBoth, PHONE, shot, test, throttle } from './rig.mjs';

// As many households on the list, none of them visited
async function village(node, n, unit = '90006-01') {
  const rows = Array.from({ length: n }, (_, i) => `${i + 1},${i % 3 ? 'Nguyễn Văn' : 'Trần Thị'} ${i % 7 ? 'Đức' : 'Hà'} ${i + 1},09${10000000 + i},4`);

  writeFileSync(`${node.folder}/list.csv`, `number,head,phone,persons\n${rows.join('\n')}\n`);
  await node.cy('import', 'household', `${node.folder}/list.csv`, '--unit', unit);
}

onBoth('today: what is due, what was begun, what was held', async (bed, size) => {
  const node = await bed.child(await bed.province(), { visits: 20 });
  const page = await bed.open(node, size);

  await page.getByText(/Đã thăm \d+ trên \d+ hộ/).waitFor();
  await page.getByText(/Hạn báo cáo|Đã quá hạn báo cáo/).waitFor();
  await page.getByRole('link', { name: 'Ghi buổi mới như buổi trước' }).waitFor();
  await page.getByRole('link', { name: 'Hỗ trợ dịch vụ công trực tuyến' }).waitFor();
  await axe(page);
  await shot(page, 'today');
});

test('the team\'s member who is at work is in what is recorded', async (bed) => {
  const node = await bed.child(await bed.province(), { visits: 3 });
  const member = (await node.json('add', 'member', 'name=Lê Thị Mai')).id;
  const page = await bed.open(node, PHONE);

  await page.getByLabel('Người đang làm việc').selectOption({ label: 'Lê Thị Mai' });
  await page.getByRole('link', { name: 'Thêm hộ mới' }).click();
  await page.getByLabel('Số thứ tự hộ').fill('4001');
  await page.getByRole('button', { name: 'Lưu phiếu' }).click();
  await page.getByText('Đã lưu.').waitFor();
  assert.equal((await node.json('show', 'household:4001')).person, member);
});

onBoth('5,000 households: only those in sight are drawn, and any letters find one', async (bed, size) => {
  const node = await bed.child(await bed.province());

  await village(node, 5000);
  const page = await bed.open(node, size);
  await page.getByText('Đã thăm 0 trên 5.000 hộ').waitFor();
  await throttle(page, 4);
  const began = await page.evaluate(() => performance.now());
  await page.getByRole('link', { name: '5.000 hộ cần thăm' }).click();
  await page.getByText('1 · Trần Thị Hà 1', { exact: true }).waitFor();
  const took = await page.evaluate(() => performance.now()) - began;
  console.log(`5,000 households, processor four times slower: the first lines stand after ${Math.round(took)} ms`);
  const drawn = () => page.locator('.window li').count();
  assert.ok(await drawn() < 60, 'no more than fit');
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  await page.getByText('5000 · Nguyễn Văn Đức 5000', { exact: true }).waitFor();
  assert.ok(await drawn() < 60, 'no more than fit at the end');
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.getByRole('searchbox', { name: 'Tìm' }).fill('tran ha 43');
  await page.getByText('4306 · Trần Thị Hà 4306', { exact: true }).waitFor();
  await page.waitForURL(/q=tran%20ha%2043/);
  await throttle(page, 1);
  await axe(page);
  await shot(page, 'households', { fullPage: false });
  await page.getByRole('searchbox', { name: 'Tìm' }).fill('nobody');
  await page.getByText('Không tìm thấy.').waitFor();
});

test('the list follows what is recorded beside the page', async (bed) => {
  const node = await bed.child(await bed.province(), { visits: 3 });
  const page = await bed.open(node, PHONE);

  await page.goto(`${page.origin}/#/households`);
  await page.locator('.window li').first().waitFor();
  await node.cy('add', 'household', 'number=901', 'head=Đỗ Thị Mơ', 'persons=2');
  await page.getByText('901 · Đỗ Thị Mơ').waitFor();
});

onBoth('a training session in two presses and two numbers, like the last one', async (bed, size) => {
  const node = await bed.child(await bed.province());

  await node.cy('add', 'training', 'held_on=2026-11-01', 'topic=eid', 'place=Nhà văn hóa', 'hours=2', 'attendees=18', 'women=11', 'trainer=Vũ Văn Hường');
  const page = await bed.open(node, size);
  await page.getByRole('link', { name: 'Tập huấn', exact: true }).click();
  await axe(page);
  await page.getByRole('link', { name: /^Như buổi trước: / }).click();
  assert.equal(await page.getByLabel('Địa điểm').inputValue(), 'Nhà văn hóa');
  assert.equal(await page.getByLabel('Số người dự').inputValue(), '');
  await page.getByLabel('Số người dự').fill('25');
  await page.getByLabel('Trong đó số phụ nữ').fill('14');
  await shot(page, 'training');
  await page.getByRole('button', { name: 'Lưu phiếu' }).click();
  await page.getByText('Đã lưu.').waitFor();
  await page.getByText('2 buổi, 43 lượt người').waitFor();
  const held = (await node.json('list', 'training')).filter((s) => s.attendees === 25);
  assert.deepEqual(held.map((s) => [s.topic, s.place, s.hours, s.women, s.trainer]), [['eid', 'Nhà văn hóa', 2, 14, 'Vũ Văn Hường']]);
});

onBoth('where the records are: here, then at the commune; what went wrong, and what to do', async (bed, size) => {
  const province = await bed.province();
  const node = await bed.child(province, { visits: 15 });
  await province.kill();
  await node.stop();      // so that it knows of no session any more, and fails at once
  await node.restart();
  const page = await bed.open(node, size);
  const held = async (text, n) => page.getByRole('row', { name: text }).getByRole('cell', { name: String(n), exact: true }).waitFor();

  await node.cy('add', 'household', 'number=900', 'persons=2');
  await page.goto(`${page.origin}/#/sync`);
  await held('chỉ ở máy này', 1);
  await page.getByRole('button', { name: 'Gửi ngay' }).click();
  await page.getByText('Lần gửi gần nhất chưa tới nơi').waitFor();
  await page.getByText('Không mất gì').waitFor();
  await axe(page);
  await shot(page, 'sync-failed');
  await province.start('--listen', province.address);
  await page.getByRole('button', { name: 'Gửi ngay' }).click();
  await page.getByText('Lần gửi gần nhất thành công').waitFor();
  await held('chỉ ở máy này', 0);
  await axe(page);
  await shot(page, 'sync');
});

onBoth('a device joins by the invite that was pasted', async (bed, size) => {
  const province = await bed.province();
  const { uri } = await province.json('invite', '--unit', '90006-02', '--name', 'Thôn 2', '--address', province.address);
  const node = bed.keep(new Node(bed.folder, 'moi'));

  await node.start();
  const page = await bed.open(node, size);
  await page.getByRole('heading', { name: 'Tham gia' }).waitFor();
  await page.getByLabel('Lời mời').fill('CAYDA:ABC');
  await page.getByRole('button', { name: 'Tham gia' }).click();
  await page.getByRole('alert').waitFor();
  await axe(page);
  await shot(page, 'join');
  await page.getByLabel('Lời mời').fill(uri);
  await page.getByLabel('Tên máy này').fill('Máy của Lan');
  await page.getByRole('button', { name: 'Tham gia' }).click();
  await page.getByText('Máy này giờ là Máy của Lan').waitFor();
  await page.getByRole('button', { name: 'Bắt đầu' }).click();
  await page.getByRole('heading', { name: 'Hôm nay' }).waitFor();
  await page.getByRole('link', { name: 'Thêm hộ mới' }).click();
  await page.getByLabel('Số thứ tự hộ').fill('1');
  await page.getByRole('button', { name: 'Lưu phiếu' }).click();
  await page.getByText('Đã lưu.').waitFor();
});

// A camera and a reader of codes, which a machine for tests has not
function camera(code) {
  window.BarcodeDetector = class {
    async detect(video) { return video.srcObject ? [{ rawValue: code }] : []; }
  };
  const media = { getUserMedia: async () => document.createElement('canvas').captureStream() };
  Object.defineProperty(navigator, 'mediaDevices', { value: media });
  HTMLMediaElement.prototype.play = async () => {};
}

test('a device joins by the code that its camera sees', async (bed) => {
  const province = await bed.province();
  const { uri } = await province.json('invite', '--unit', '90006-02', '--name', 'Thôn 2', '--address', province.address);
  const node = bed.keep(new Node(bed.folder, 'moi'));

  await node.start();
  const page = await bed.open(node, PHONE);
  await page.addInitScript(camera, uri);
  await page.reload();
  await page.getByRole('button', { name: 'Quét mã mời' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal(await page.getByLabel('Lời mời').inputValue(), uri);
  await page.getByRole('button', { name: 'Tham gia' }).click();
  await page.getByText('Máy này giờ là Thôn 2').waitFor();
});

test('how far a sync is, in bytes, and how long it takes still', async (bed) => {
  const node = await bed.child(await bed.province(), { visits: 3 });
  const page = await bed.open(node, PHONE);

  await page.addInitScript(() => {
    const heard = {};
    window.EventSource = class {
      addEventListener(name, fn) { (heard[name] = heard[name] || []).push(fn); }
    };
    window.tell = (data) => heard.sync.forEach((fn) => fn({ data: JSON.stringify(data) }));
  });
  await page.clock.install();
  await page.goto(`${page.origin}/#/sync`);
  await page.reload();
  await page.getByRole('button', { name: 'Gửi ngay' }).waitFor();
  await page.evaluate(() => window.tell({ under_way: true, done: 0, total: 0 }));
  await page.getByText('Đang tìm văn phòng').waitFor();
  await page.evaluate(() => window.tell({ under_way: true, done: 2000, total: 50000 }));
  await page.clock.fastForward(4000);
  await page.evaluate(() => window.tell({ under_way: true, done: 10000, total: 50000 }));
  await page.getByText('Đã gửi 10 kB trên 50 kB').waitFor();
  await page.getByText('còn khoảng 20 giây').waitFor();
  assert.ok(await page.getByRole('button', { name: 'Đang gửi...' }).isDisabled());
  await axe(page);
  await shot(page, 'sync-going');
});

test('it can be installed: manifest, icons, and a frame that stands without the agent', async (bed) => {
  const node = await bed.child(await bed.province());
  const page = await bed.open(node, PHONE);
  const manifest = await page.evaluate(async () => (await fetch(document.querySelector('link[rel=manifest]').href)).json());

  assert.equal(manifest.display, 'standalone');
  for (const icon of manifest.icons) {
    const size = await page.evaluate(async (src) => {
      const image = new Image();
      image.src = src;
      await image.decode();
      return image.naturalWidth;
    }, icon.src);
    if (icon.sizes !== 'any') assert.equal(`${size}x${size}`, icon.sizes);
  }
  await page.evaluate(() => navigator.serviceWorker.ready);
  await node.kill();
  await page.goto(`${page.origin}/#/today`);
  await page.reload();
  await page.getByText('Chương trình trên máy này đang dừng').waitFor();
  await node.restart();
  await page.getByText('Chương trình trên máy này đang dừng').waitFor({ state: 'detached' });
  await page.getByRole('heading', { name: 'Hôm nay' }).waitFor();
});
