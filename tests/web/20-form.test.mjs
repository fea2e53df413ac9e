// A form as a volunteer fills it in: a household's visit, every kind of question, corrections; nothing is lost.
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { assert, axe, onBoth, PHONE, ROOT, shot, test } from './rig.mjs';

const next = (page) => page.getByRole('button', { name: 'Tiếp tục' }).click();
const part = (page, n) => page.getByRole('heading', { name: new RegExp(`^Phần ${n} trên`) }).waitFor();
const kept = (page) => page.getByText('Đã giữ bản nháp').waitFor();

// The visit's first two screens, up to the answer that another one hangs on
async function firstAnswers(page) {
  await page.getByLabel('Nhà có mấy người').fill('4');
  await page.getByLabel('Số người từ 15 tuổi trở lên').fill('3');
  await next(page);
  await part(page, 2);
  await page.getByLabel('Số người có điện thoại thông minh').fill('2');
  await page.getByRole('group', { name: 'Nhà có mạng cáp quang không' }).getByLabel('Có', { exact: true }).check();
}

async function lastAnswers(page) {
  await page.getByLabel('Số người đã có tài khoản định danh điện tử').fill('2');
  await page.getByLabel('Số người từ 15 tuổi có tài khoản ngân hàng').fill('1');
  await next(page);
  await part(page, 4);
  await next(page);
  await part(page, 5);
}

async function device(bed) {
  return bed.child(await bed.province(), { visits: 12 });
}

onBoth('a household is visited: found, asked, corrected, saved', async (bed, size) => {
  const node = await device(bed);
  const page = await bed.open(node, { ...size, geolocation: { latitude: 21.3201, longitude: 106.7301, accuracy: 8 },
    permissions: ['geolocation'] });

  await page.getByRole('link', { name: /hộ cần thăm/ }).click();
  await page.getByRole('searchbox', { name: 'Tìm' }).fill('7');
  await page.getByRole('listitem').filter({ hasText: /^7 ·/ }).getByRole('link').click();
  await page.getByRole('link', { name: 'Ghi: Phiếu khảo sát hộ gia đình' }).click();
  await page.getByLabel('Nhà có mấy người').fill('4');
  assert.equal(await page.getByLabel('Nhà có mấy người').getAttribute('inputmode'), 'numeric');
  await page.getByLabel('Số người từ 15 tuổi trở lên').fill('9');
  await next(page);
  await page.getByText('Từ 0 đến số người trong hộ').waitFor();
  assert.ok(await page.getByLabel('Số người từ 15 tuổi trở lên').evaluate((e) => e === document.activeElement),
    'what is wrong has the focus');
  await axe(page);
  await shot(page, 'form-wrong');
  await firstAnswers(page);
  await page.getByRole('group', { name: 'Dùng mạng của nhà nào' }).getByLabel('Viettel').check();
  await axe(page);
  await shot(page, 'form');

  // another language at once, and what was answered stays
  await page.getByRole('button', { name: 'English' }).click();
  assert.equal(await page.getByLabel('People with a smartphone').inputValue(), '2');
  await page.getByRole('button', { name: 'Tiếng Việt' }).click();
  await next(page);
  await part(page, 3);
  await lastAnswers(page);
  await page.getByRole('button', { name: 'Lấy vị trí ở đây' }).click();
  await page.getByText('Sai số khoảng 8 m').waitFor();
  assert.equal(await page.getByLabel('Vĩ độ').inputValue(), '21,320100');
  await page.getByRole('button', { name: 'Quay lại' }).click();
  await part(page, 4);
  await next(page);
  await page.getByRole('button', { name: 'Lưu phiếu' }).click();
  await page.getByText('Đã lưu.').waitFor();
  await page.getByRole('link', { name: 'Xem lại' }).click();
  await page.getByText('Viettel').waitFor();
  await axe(page);
  await shot(page, 'record');
  assert.equal((await node.json('list', 'visit')).length, 13);
});

test('a browser that is killed, then an agent that is killed, lose nothing', async (bed) => {
  const node = await device(bed);
  let page = await bed.open(node, PHONE);

  await page.goto(`${page.origin}/#/form?form=visit&a.household=${(await node.json('list', 'household'))[0].id}`);
  await firstAnswers(page);
  await kept(page);
  await page.context().close();
  page = await bed.open(node, PHONE);
  await page.getByRole('heading', { name: 'Phiếu đang làm dở' }).waitFor();
  await page.getByRole('link', { name: /Phiếu khảo sát hộ gia đình.*\d\d:\d\d/ }).click();
  await part(page, 2);
  assert.equal(await page.getByLabel('Số người có điện thoại thông minh').inputValue(), '2');

  await node.kill();
  await page.getByLabel('Số người có điện thoại thông minh').fill('3');
  await page.getByText('Chương trình trên máy này đang dừng').waitFor();
  await page.getByText('Bản nháp đang ở trình duyệt').waitFor();
  await shot(page, 'form-away');
  await page.reload();      // the frame is there, though nobody serves it
  await page.getByText('Chương trình trên máy này đang dừng').waitFor();
  await node.restart();
  await part(page, 2);
  assert.equal(await page.getByLabel('Số người có điện thoại thông minh').inputValue(), '3');
  await next(page);
  await part(page, 3);
  await lastAnswers(page);

  // the answer to its saving is lost, and there are not two
  await page.route('**/api/record?*', async (route) => {
    await route.fetch();
    await route.abort();
  }, { times: 1 });
  await page.getByRole('button', { name: 'Lưu phiếu' }).click();
  await page.getByText('bấm Lưu phiếu lần nữa').waitFor();
  await page.getByRole('button', { name: 'Lưu phiếu' }).click();
  await page.getByText('Đã lưu.').waitFor();
  const visits = await node.json('list', 'visit');
  assert.equal(visits.length, 13);
  assert.equal(visits.filter((v) => v.smartphones === 3 && v.persons === 4 && v.bank === 1).length, 1);
  assert.deepEqual(await page.evaluate(() => Object.keys(localStorage).filter((k) => k.startsWith('draft:'))), []);
});

// The form of tests/data/kinds, with thousands of streets
async function kinds(bed) {
  const node = await bed.province();
  const folder = `${bed.folder}/kinds`;

  cpSync(`${ROOT}/tests/data/kinds`, folder, { recursive: true });
  const streets = Array.from({ length: 3000 }, (_, i) => `street,s${i},Đường số ${i},Street ${i},\n`);
  writeFileSync(`${folder}/choices.csv`, `${readFileSync(`${folder}/choices.csv`, 'utf8')}${streets.join('')}street,cu,Đường Nguyễn Văn Cừ,Nguyen Van Cu street,\n`);
  await node.cy('form', 'add', folder);
  return node;
}

async function home(page) {
  await page.getByLabel('Phố nào').fill('nguyen c');
  await page.getByRole('button', { name: 'Đường Nguyễn Văn Cừ' }).click();
  await page.getByLabel('Vĩ độ').fill('21,2701');
  await page.getByLabel('Kinh độ').fill('106,1901');
  await page.getByLabel('Diện tích (m²)').fill('120,5');
  assert.equal(await page.getByLabel('Số tầng').inputValue(), '1', 'what the form begins with');
}

async function work(page) {
  const jobs = page.getByRole('group', { name: 'Làm những nghề gì' });

  await jobs.getByLabel('Làm ruộng').check();
  await page.getByRole('group', { name: 'Nghề phụ' }).getByLabel('Nuôi cá').waitFor();
  assert.equal(await page.getByLabel('Bán tạp hóa').count(), 0, 'a choice that another answer closes');
  assert.equal(await page.getByLabel('Nghề khác là gì').count(), 0, 'a question that nothing asks for yet');
  await page.getByLabel('Nuôi cá').check();
  await jobs.getByLabel('Nghề khác').check();
  await page.getByLabel('Nghề khác là gì').fill('Sửa xe');
}

async function children(page) {
  const add = page.getByRole('button', { name: 'Thêm: Người con' });

  for (const [i, [name, age]] of [['Hoa', '9'], ['Hùng', '200'], ['Lan', '4']].entries()) {
    await add.click();
    await page.getByLabel('Tên con').nth(i).fill(name);
    await page.getByLabel('Tuổi').nth(i).fill(age);
  }
  await next(page);
  await page.getByText('Dưới 120').waitFor();
  await page.getByRole('button', { name: 'Bỏ ra' }).nth(1).click();
  await page.getByText('Dưới 120').waitFor({ state: 'detached' });
}

onBoth('every kind of question, groups, rows, choices that hang on answers, thousands of choices', async (bed, size) => {
  const node = await kinds(bed);
  const page = await bed.open(node, size);

  await page.goto(`${page.origin}/#/form?form=kinds&unit=90006-01`);
  await page.getByLabel('Họ và tên').fill('Trần Thị Bưởi');
  assert.equal(await page.getByLabel('Số điện thoại').getAttribute('type'), 'tel');
  await page.getByLabel('Số điện thoại').fill('0912345678');
  await page.getByLabel('Ngày sinh').fill('1980-02-03');
  await page.getByLabel('Gặp lúc mấy giờ').fill('07:45');
  await next(page);
  await page.getByRole('heading', { name: /Nơi ở/ }).waitFor();
  await home(page);
  await axe(page);
  await shot(page, 'form-group');
  await next(page);
  await page.getByRole('heading', { name: /Việc làm/ }).waitFor();
  await work(page);
  await next(page);
  await page.getByRole('heading', { name: /Người con/ }).first().waitFor();
  await children(page);
  await axe(page);
  await shot(page, 'form-rows');
  await next(page);
  await page.getByText('Cảm ơn Trần Thị Bưởi!').waitFor();
  await page.getByRole('button', { name: 'Lưu phiếu' }).click();
  await page.getByText('Đã lưu.').waitFor();
  const [r] = await node.json('list', 'kinds', '--unit', '90006-01');
  assert.deepEqual([r.name, r.phone, r.born_on, r.street, r.area, r.rooms, r.floors, r.other, r.side, r.children],
    ['Trần Thị Bưởi', '0912345678', '1980-02-03', 'cu', 120.5, '6', 1, 'Sửa xe', 'fish', 2]);
  assert.deepEqual(r.jobs, ['farm', 'other']);
  assert.match(r.place, /^21\.2701 106\.1901/);
  assert.deepEqual(r.child.map((c) => [c.child_name, c.age]), [['Hoa', 9], ['Lan', 4]]);
});

test('a record is corrected: a row is changed, one goes, one comes; the others stay', async (bed) => {
  const node = await kinds(bed);
  const page = await bed.open(node, PHONE);

  writeFileSync(`${bed.folder}/one.json`, JSON.stringify({ name: 'Bưởi', street: 'cu', child: [{ child_name: 'Hoa', age: 9 },
    { child_name: 'Hùng', age: 20 }, { child_name: 'Lan', age: 4 }] }));
  await node.cy('add', 'kinds', '--unit', '90006-01', '--from', `${bed.folder}/one.json`);
  const [before] = await node.json('list', 'kinds', '--unit', '90006-01');
  await page.goto(`${page.origin}/#/record?id=${before.id}`);
  await page.getByRole('link', { name: 'Sửa phiếu này' }).click();
  await page.getByLabel('Họ và tên').fill('Bưởi Hồng');
  for (const title of ['Họ và tên', 'Phố nào', 'Làm những nghề gì']) {
    await page.getByText(title).first().waitFor();
    await next(page);
  }
  await page.getByLabel('Tuổi').nth(2).fill('5');
  await page.getByRole('button', { name: 'Bỏ ra' }).nth(1).click();
  await page.getByRole('button', { name: 'Thêm: Người con' }).click();
  await page.getByLabel('Tên con').nth(2).fill('Mai');
  await page.getByLabel('Tuổi').nth(2).fill('1');
  await next(page);
  await page.getByRole('button', { name: 'Lưu phiếu' }).click();
  await page.getByText('Đã lưu.').waitFor();
  await page.getByRole('button', { name: 'Lịch sử sửa đổi' }).click();
  await page.getByText('sửa Họ và tên: Bưởi Bưởi Hồng').waitFor();
  await page.getByText('trả lời Phố nào: Đường Nguyễn Văn Cừ').waitFor();
  await axe(page);
  await shot(page, 'record-history');
  const [after] = await node.json('list', 'kinds', '--unit', '90006-01');
  assert.equal(after.id, before.id);
  assert.equal(after.street, 'cu');
  assert.deepEqual(after.child.map((c) => [c.child_name, c.age]), [['Hoa', 9], ['Lan', 5], ['Mai', 1]]);
});

test('a form that was begun is thrown away by two presses', async (bed) => {
  const node = await device(bed);
  const page = await bed.open(node, PHONE);

  await page.goto(`${page.origin}/#/form?form=household`);
  await page.getByLabel('Số thứ tự hộ').fill('77');
  await kept(page);
  await page.getByRole('button', { name: 'Bỏ phiếu này' }).click();
  await page.getByRole('button', { name: 'Bỏ phiếu', exact: true }).click();
  await page.getByRole('heading', { name: 'Hôm nay' }).waitFor();
  assert.equal(await page.getByText('Phiếu đang làm dở').count(), 0);
  assert.equal((await page.evaluate(() => fetch('/api/drafts').then((r) => r.json()))).drafts.length, 0);
});
