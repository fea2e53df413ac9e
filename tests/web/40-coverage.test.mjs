// The coordinator's pages: an indicator on the map, in the table and over months; progress; reports.
import { writeFileSync } from 'node:fs';
import { assert, axe, onBoth, PHONE, SCREEN, shot, test } from './rig.mjs';

// A square for each of the sample's communes, four in a row
function squares(folder) {
  const parent = { 90001: '901', 90002: '901', 90003: '901', 90004: '901', 90005: '901', 90006: '901' };
  const arcs = [], geometries = [];

  Array.from({ length: 12 }, (x, i) => String(90001 + i)).forEach((code, i) => {
    const x = 106 + (i % 4) * 0.1, y = 21 + Math.floor(i / 4) * 0.1;
    arcs.push([[x, y], [x, y + 0.1], [x + 0.1, y + 0.1], [x + 0.1, y], [x, y]]);
    geometries.push({ type: 'Polygon', arcs: [[i]], properties: { code, parent_code: parent[code] || '902' } });
  });
  const file = `${folder}/squares.json`;
  writeFileSync(file, JSON.stringify({ type: 'Topology', arcs, objects: { communes: { type: 'GeometryCollection', geometries } } }));
  return file;
}

async function mapped(bed) {
  const node = await bed.province({ visits: 30 });

  await node.cy('unit', 'boundaries', squares(node.folder));
  return node;
}

async function coverage(bed, node, size, args = '') {
  const page = await bed.open(node, size);

  if (args) await page.goto(`${page.origin}/#/coverage?${args}`);
  else await page.getByRole('link', { name: 'Kết quả' }).click();
  await page.getByRole('heading', { name: 'Người có điện thoại thông minh' }).waitFor();
  await page.getByRole('region').first().waitFor();
  return page;
}

// The one commune's that has records
const RECORDED = '.map .unit:not(.k-none)';

onBoth('from the province down to a village and back, and the address says where', async (bed, size) => {
  const node = await mapped(bed);
  const page = await coverage(bed, node, size);
  const report = await node.json('report', 'coverage', '--unit', '90006');
  const smartphone = report.rows.find((r) => r.code === 'smartphone').share;
  const counts = `${smartphone.numerator} / ${smartphone.denominator}`;

  await page.locator('.map .unit').nth(11).waitFor();
  assert.equal(await page.locator(RECORDED).count(), 1, 'one commune has records');
  await page.getByText(counts).first().waitFor();
  await axe(page);
  await shot(page, 'coverage');
  if (size === PHONE) {
    await page.locator(RECORDED).tap(); // a finger looks first
    await page.getByRole('status').getByText('Xã 6').waitFor();
    await page.locator(RECORDED).tap();
  } else {
    await page.locator(RECORDED).click();
  }
  await page.getByRole('heading', { name: 'Theo thôn' }).waitFor();
  assert.match(page.url(), /unit=90006/);
  await page.getByRole('navigation', { name: 'Bạn đang xem' }).getByText('Xã 6').waitFor();
  await page.getByText(counts).first().waitFor();
  await axe(page);
  await shot(page, 'coverage-commune');
  await page.locator('.tiles').getByRole('link', { name: 'Thôn 2' }).click();
  await page.getByRole('navigation', { name: 'Bạn đang xem' }).getByText('Thôn 2').waitFor();
  await page.getByRole('link', { name: 'Tỉnh mẫu' }).click();
  await page.getByRole('heading', { name: 'Theo xã' }).waitFor();
});

onBoth('another indicator, by district; who gets the address sees the same', async (bed, size) => {
  const node = await mapped(bed);
  const page = await coverage(bed, node, size, 'indicator=smartphone');

  await page.getByLabel('Chỉ tiêu').selectOption({ label: 'Hộ có mạng cáp quang' });
  await page.getByRole('heading', { name: 'Hộ có mạng cáp quang' }).waitFor();
  await page.getByLabel('Chia theo').selectOption('district');
  await page.getByRole('link', { name: 'Huyện 1' }).waitFor();
  await page.waitForFunction(() => document.querySelectorAll('.map .unit').length === 2); // communes joined
  const other = await bed.open(node, size);
  await other.goto(page.url());
  await other.getByRole('heading', { name: 'Hộ có mạng cáp quang' }).waitFor();
  await other.getByRole('link', { name: 'Huyện 1' }).waitFor();
  await other.getByRole('link', { name: 'Mọi chỉ tiêu' }).click();
  await other.getByRole('link', { name: 'Buổi tập huấn' }).waitFor();
  await axe(other);
  await shot(other, 'coverage-all');
});

test('every colour on the map stands in the legend, whatever the indicator', async (bed) => {
  const page = await coverage(bed, await mapped(bed), SCREEN, 'unit=90006');
  const select = page.getByLabel('Chỉ tiêu');

  for (const option of await select.locator('option').all()) {
    const name = await option.textContent();
    await select.selectOption({ label: name });
    await page.locator('.headline').getByRole('heading', { name, exact: true }).waitFor();
    await page.locator('.tiles .edge').nth(2).waitFor();
    const [used, told] = await page.evaluate(() => ['.tiles .edge', '.legend .swatch'].map((where) =>
      [...document.querySelectorAll(where)].map((e) => e.className.split(' ')[1])));
    assert.equal(used.length, 3);
    for (const colour of used) assert.ok(told.includes(colour), `${name}: ${colour} of ${told}`);
  }
});

test('the map goes by keys as well, and says what is chosen', async (bed) => {
  const page = await coverage(bed, await mapped(bed), SCREEN);
  const map = page.getByRole('img', { name: /^Bản đồ/ });

  await page.locator('.map .unit').nth(11).waitFor();
  await map.focus();
  for (const [key, unit] of [['ArrowRight', 'Phường 1'], ['ArrowRight', 'Phường 2'], ['ArrowUp', 'Xã 6']]) {
    await map.press(key);
    await page.getByRole('status').getByText(unit, { exact: true }).waitFor();
  }
  await map.press('Enter');
  await page.getByRole('heading', { name: 'Theo thôn' }).waitFor();
});

test('a record that arrives moves the figures on the screen', async (bed) => {
  const node = await mapped(bed);
  const page = await coverage(bed, node, SCREEN, 'unit=90006&indicator=smartphone');
  const before = await page.locator('.headline').innerText();

  await node.cy('add', 'household', 'number=901', 'persons=9', '--unit', '90006-01');
  await node.cy('add', 'visit', 'household=901', 'surveyed_on=2026-10-05', 'time=09:00', 'persons=9', 'adults=2',
    'smartphones=9', 'fibre=1', 'eid=1', 'bank=1', '--unit', '90006-01');
  await page.waitForFunction((was) => document.querySelector('.headline').innerText !== was, before);
});

test('tiles until boundaries are given, and a line over the months', async (bed) => {
  const node = await bed.province({ visits: 10 });
  const page = await coverage(bed, node, SCREEN);

  await page.locator('.tiles').getByRole('link', { name: 'Xã 6' }).waitFor();
  assert.equal(await page.locator('.map').count(), 0);
  await page.locator('.trend canvas').waitFor();
  await page.getByText('Nạp ranh giới cho bản đồ').click();
  await page.getByLabel('Tệp TopoJSON').setInputFiles({ name: 'x.json', mimeType: 'application/json', buffer: Buffer.from('{"type":"Topology"}') });
  await page.getByRole('button', { name: 'Lưu ranh giới' }).click();
  await page.getByRole('alert').waitFor();
  await page.getByLabel('Tệp TopoJSON').setInputFiles(squares(node.folder));
  await page.getByRole('button', { name: 'Lưu ranh giới' }).click();
  await page.locator('.map .unit').nth(11).waitFor();
  await page.getByText('Xem các con số').click();
  await page.getByRole('cell', { name: '10/2022' }).waitFor();
});

onBoth('progress: the survey, the devices, who has handed in, training', async (bed, size) => {
  const node = await bed.province({ visits: 20 });
  await bed.child(node, { name: 'máy-tổ-1' });
  const page = await bed.open(node, size);

  await page.goto(`${page.origin}/#/progress?period=2022-Q4`);
  await page.getByText(/Đã khảo sát 60 trên 600 hộ/).waitFor();
  await axe(page);
  await shot(page, 'progress');
  const shown = page.getByRole('navigation', { name: 'Nội dung hiển thị' });
  await shown.getByRole('link', { name: 'Các máy' }).click();
  await page.getByRole('cell', { name: 'máy-tổ-1' }).waitFor();
  await shown.getByRole('link', { name: 'Nộp báo cáo' }).click();
  await page.getByRole('heading', { name: 'Nộp báo cáo quý 4 năm 2022' }).waitFor();
  await shown.getByRole('link', { name: 'Tập huấn' }).click();
  await page.getByRole('cell', { name: 'Xã 6' }).waitFor();
  await axe(page);
});

test('every report, as a table and as a file', async (bed) => {
  const node = await bed.province({ visits: 10 });
  const page = await bed.open(node, SCREEN);

  await page.getByRole('link', { name: 'Báo cáo', exact: true }).click();
  await page.getByRole('link', { name: /buổi tập huấn/i }).click();
  await page.getByLabel('Chia theo').selectOption('commune');
  await page.getByRole('cell', { name: 'Xã 6' }).waitFor();
  await axe(page);
  await shot(page, 'report');
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSV' }).click()]);
  assert.equal(file.suggestedFilename(), 'report.csv');
});
