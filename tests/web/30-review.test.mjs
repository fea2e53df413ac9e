// What an office looks at: conflicts settled by one press, households joined and taken apart, records that look wrong.
import { writeFileSync } from 'node:fs';
import { assert, axe, onBoth, shot, test } from './rig.mjs';

// An office and two devices of one village, which changed the same answers apart and recorded one household twice.
async function disagreement(bed) {
  const root = await bed.province();
  const office = await bed.child(root, { unit: '90006', name: 'xa', role: 'office' });
  const [hoa, nam] = [await office.invite('90006-01', 'chị Hoa'), await office.invite('90006-01', 'anh Nam')];
  const sync = async () => { for (const node of [hoa, nam, hoa]) await node.cy('sync'); };
  const add = (node, ...answers) => node.cy('add', 'household', ...answers);

  bed.keep(hoa), bed.keep(nam);
  await office.cy('add', 'member', '--unit', '90006-01', 'name=Trần Thị Mai');
  await hoa.cy('sync');
  for (const n of [1, 2, 3]) await add(hoa, `number=${n}`, 'persons=3', 'head=Vũ Văn An', `address=Ngõ ${n}`);
  await sync();
  await hoa.cy('edit', 'household:1', 'persons=4');
  await hoa.cy('edit', 'household:2', 'head=Vũ Văn Anh');
  await hoa.cy('edit', 'household:3', 'persons=2');
  await hoa.cy('sync');
  await new Promise((resolve) => setTimeout(resolve, 1100)); // so that it is clear whose change is the later one
  await nam.cy('edit', 'household:1', 'persons=14');
  await nam.cy('edit', 'household:2', 'head=Vũ Văn Ân');
  await nam.cy('edit', 'household:3', 'persons=5');
  await add(hoa, 'number=7', 'head=Nguyễn Thị Hoa', 'address=Số 5, ngõ 3', 'persons=4');
  await add(nam, 'number=8', 'head=Nguyen Thi Hoa', 'address=so 5 ngo 3', 'persons=4');
  await sync();
  return { office, persons: async (n) => (await office.json('show', `household:${n}`, '--unit', '90006-01')).persons };
}

onBoth('a press on the right answer settles a conflict', async (bed, size) => {
  const { office, persons } = await disagreement(bed);
  const page = await bed.open(office, size);

  await page.goto(`${page.origin}/#/review`);
  const first = page.getByRole('listitem').filter({ hasText: 'Hộ gia đình số 1' });
  await first.getByText('chênh lệch lớn').waitFor();
  await axe(page);
  await shot(page, 'review-conflicts');
  await page.getByLabel('Người đang làm việc').selectOption({ label: 'Trần Thị Mai' });
  await first.getByRole('button', { name: /^4 .*Lấy câu này/ }).click();
  await page.getByRole('status').filter({ hasText: 'Đã giải quyết' }).waitFor();
  await first.waitFor({ state: 'detached' });
  assert.equal(await persons(1), 4);
  const history = await office.json('history', 'household:1', '--unit', '90006-01');
  assert.ok(history.some((h) => h.what === 'settled' && h.person), 'with who decided');

  const third = page.getByRole('listitem').filter({ hasText: 'Hộ gia đình số 3' });
  await third.getByRole('button', { name: 'Cả hai đều sai...' }).click();
  await axe(page);
  await page.getByLabel('Câu trả lời đúng').fill('6');
  await page.getByRole('button', { name: 'Giải quyết bằng câu này' }).click();
  await third.waitFor({ state: 'detached' });
  assert.equal(await persons(3), 6);
  await page.getByRole('button', { name: /Giữ câu này/ }).click();
  await page.getByText('Không có xung đột nào.').waitFor();
});

onBoth('one household recorded twice is joined, and taken apart again', async (bed, size) => {
  const { office } = await disagreement(bed);
  const page = await bed.open(office, size);
  const listed = async () => (await office.json('list', 'household', '--unit', '90006-01')).length;

  assert.equal(await listed(), 5);
  await page.goto(`${page.origin}/#/review`);
  await page.getByRole('link', { name: 'Ghi trùng' }).click();
  const pair = page.getByRole('listitem').filter({ hasText: 'Số 5, ngõ 3' });
  await pair.getByText('so 5 ngo 3').waitFor();
  await axe(page);
  await shot(page, 'review-duplicates');
  await pair.getByRole('button', { name: 'Cùng một hộ: giữ bên trái' }).click();
  await page.getByRole('heading', { name: 'Đã gộp' }).waitFor();
  assert.equal(await listed(), 4);
  await shot(page, 'review-joined');
  await page.getByRole('button', { name: 'Hoàn tác' }).click();
  await pair.waitFor();
  assert.equal(await listed(), 5);
  await pair.getByRole('button', { name: 'Hai hộ khác nhau' }).click();
  await pair.waitFor({ state: 'detached' });
});

test('what comes while one looks is shown', async (bed) => {
  const root = await bed.province();
  const office = await bed.child(root, { unit: '90006', name: 'xa', role: 'office' });
  const device = bed.keep(await office.invite('90006-01', 'chị Hoa'));
  const page = await bed.open(office);

  await device.cy('add', 'household', 'number=1', 'head=Nguyễn Thị Hoa', 'address=Số 5, ngõ 3');
  await device.cy('sync');
  await page.goto(`${page.origin}/#/review?tab=duplicates`);
  await page.getByText('Không có hộ nào trông như bị ghi hai lần.').waitFor();
  await device.cy('add', 'household', 'number=2', 'head=Nguyễn Thị Hoa', 'address=Số 5, ngõ 3');
  await device.cy('sync');
  await page.getByRole('button', { name: 'Cùng một hộ: giữ bên trái' }).waitFor();
});

test('a long list is shown in parts, and stays open when one of them is gone', async (bed) => {
  const office = await bed.child(await bed.province(), { unit: '90006', name: 'xa', role: 'office' });
  const file = `${office.folder}/twice.csv`;

  writeFileSync(file, `number,head\n${Array.from({ length: 50 }, (_, i) => `${i + 1},Chủ hộ ${i % 25}\n`).join('')}`);
  await office.cy('import', 'household', file, '--unit', '90006-01');
  const page = await bed.open(office);
  const pairs = page.getByRole('button', { name: 'Hai hộ khác nhau' });

  await page.goto(`${page.origin}/#/review?tab=duplicates`);
  await pairs.nth(19).waitFor();
  assert.equal(await pairs.count(), 20);
  await page.getByRole('button', { name: 'Xem thêm' }).click();
  await pairs.nth(20).waitFor();
  assert.equal(await pairs.count(), 25);
  await pairs.first().click();
  await page.getByText('Hai hộ này sẽ không được đề nghị gộp nữa.').waitFor();
  await pairs.nth(24).waitFor({ state: 'detached' });
  assert.equal(await pairs.count(), 24);
});

onBoth('packs set aside and records to look at again are told with why', async (bed, size) => {
  const root = await bed.province({ visits: 40 });
  const page = await bed.open(root, size);

  await page.goto(`${page.origin}/#/review?tab=quarantine`);
  await page.getByText('Không có gói nào bị để riêng.').waitFor();
  await axe(page);
  await page.getByRole('link', { name: 'Nên xem lại' }).click();
  await page.getByText('Hãy chọn một xã').waitFor();
  await page.getByLabel('Chỉ trong').selectOption({ label: 'Huyện 1' });
  await page.getByLabel('Địa bàn trong Huyện 1').selectOption({ label: 'Xã 6' });
  await page.getByRole('link', { name: 'XLSX' }).or(page.getByText('Không có gì phải xem lại.')).waitFor();
  await axe(page);
  await shot(page, 'review-quality');
});
