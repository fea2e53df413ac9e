// Nodes enrolled, renamed and revoked; places and targets; a form's sheet that is wrong, mended and added.
import { writeFileSync } from 'node:fs';
import { assert, axe, onBoth, shot, test } from './rig.mjs';

// What a camera sees: the modules inside the light border
function drawn(picture) {
  return picture.evaluate((svg) => {
    const path = svg.querySelector('path'), size = svg.viewBox.baseVal.width - 8, point = svg.createSVGPoint();
    const module = (x, y) => {
      point.x = x + 4.5;
      point.y = y + 4.5;
      return path.isPointInFill(point) ? '1' : '0';
    };

    return Array.from({ length: size }, (_, y) => Array.from({ length: size }, (__, x) => module(x, y)).join(''));
  });
}

onBoth('an invite is made, its device comes, gets another name and is revoked', async (bed, size) => {
  const root = await bed.province();
  const page = await bed.open(root, size);

  await page.goto(`${page.origin}/#/nodes`);
  await page.getByRole('button', { name: 'Mời một máy' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Cho địa bàn nào').selectOption({ label: 'Huyện 1' });
  await dialog.getByLabel('Địa bàn trong Huyện 1').selectOption({ label: 'Xã 6' });
  await dialog.getByLabel('Địa bàn trong Xã 6').selectOption({ label: 'Thôn 2' });
  await dialog.getByLabel('Tên', { exact: true }).fill('chị Hoa');
  await dialog.getByLabel('Địa chỉ để máy đó kết nối').fill(root.address);
  await axe(page);
  await shot(page, 'enrol-ask', { fullPage: false });
  const [answer] = await Promise.all([page.waitForResponse(/api.invite/), dialog.getByRole('button', { name: 'Tạo lời mời' }).click()]);
  const picture = dialog.getByRole('img', { name: 'Lời mời dạng mã QR' });
  await picture.waitFor();
  assert.deepEqual(await drawn(picture), (await answer.json()).qr, 'each module is where it belongs');
  await axe(page);
  await shot(page, 'enrol-qr', { fullPage: false });
  const uri = await dialog.getByLabel('Lời mời dạng dòng chữ').inputValue();
  await page.emulateMedia({ media: 'print' });
  await shot(page, 'enrol-print');
  await page.emulateMedia({ media: null });

  const device = bed.keep(await root.join('hoa', uri));
  await device.cy('add', 'household', 'number=1', 'head=An');
  await device.cy('sync');
  await dialog.getByText('chị Hoa đã tham gia và đồng bộ.').waitFor();
  await dialog.getByRole('button', { name: 'Xong' }).click();

  const row = page.getByRole('row').filter({ hasText: 'Thôn 2' });
  await row.getByText('chị Hoa', { exact: true }).waitFor();
  await axe(page);
  await shot(page, 'nodes');
  await row.getByRole('button', { name: 'chị Hoa' }).click();
  await page.getByRole('dialog').getByText('máy của thôn').waitFor();
  await axe(page);
  await shot(page, 'nodes-about', { fullPage: false });
  await page.getByRole('dialog').getByRole('button', { name: 'Đổi tên' }).click();
  await page.getByRole('dialog').getByLabel('Tên').fill('anh Nam');
  await page.getByRole('dialog').getByRole('button', { name: 'Đổi tên' }).click();
  await row.getByText('anh Nam', { exact: true }).waitFor();
  await row.getByRole('button', { name: 'anh Nam' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Loại bỏ' }).click();
  await page.getByRole('dialog').getByText('Không hoàn tác được').waitFor();
  await axe(page);
  await shot(page, 'nodes-revoke', { fullPage: false });
  await page.getByRole('dialog').getByRole('button', { name: 'Loại bỏ anh Nam' }).click();
  await row.getByText('đã loại bỏ').waitFor();
  await assert.rejects(device.cy('sync'), 'nothing is taken from it');
});

onBoth('places are a tree; a target is set and changed', async (bed, size) => {
  const root = await bed.province();
  const page = await bed.open(root, size);

  await page.goto(`${page.origin}/#/units`);
  await page.getByRole('button', { name: /Huyện 1/ }).click();
  await page.getByRole('button', { name: /Xã 6/ }).click();
  await page.getByText('Thôn 3').waitFor();
  await axe(page);
  await shot(page, 'units');
  await page.getByRole('link', { name: 'Mục tiêu', exact: true }).click();
  await page.getByRole('button', { name: 'Đặt mục tiêu' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Chỉ tiêu').selectOption('fibre');
  await dialog.getByLabel('Cho địa bàn nào').selectOption({ label: 'Huyện 1' });
  await dialog.getByLabel('Địa bàn trong Huyện 1').selectOption({ label: 'Xã 6' });
  await dialog.getByLabel('Năm').fill('2027');
  await dialog.getByLabel('Mục tiêu, phần trăm').fill('92,5');
  await dialog.getByLabel('Văn bản quy định').fill('Kế hoạch 12/KH-UBND');
  await axe(page);
  await shot(page, 'targets-set', { fullPage: false });
  await dialog.getByRole('button', { name: 'Đặt mục tiêu này' }).click();
  const row = page.getByRole('row').filter({ hasText: 'Kế hoạch 12/KH-UBND' });
  await row.getByText('92,5 %').waitFor();
  await row.getByRole('button', { name: /^Thay đổi mục tiêu .* năm 2027/ }).click();
  await page.getByRole('dialog').getByLabel('Mục tiêu, phần trăm').fill('140');
  await page.getByRole('dialog').getByRole('button', { name: 'Đặt mục tiêu này' }).click();
  await page.getByRole('dialog').getByRole('alert').waitFor();
  await page.getByRole('dialog').getByLabel('Mục tiêu, phần trăm').fill('95');
  await page.getByRole('dialog').getByRole('button', { name: 'Đặt mục tiêu này' }).click();
  await row.getByText('95,0 %').waitFor();
  await axe(page);
  await shot(page, 'targets');
});

function sheet(path, relevant) {
  writeFileSync(path, `<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head>
<h:title>Khảo sát chợ</h:title><model><instance><data id="market" version="1"><stalls/><online/></data></instance>
<bind nodeset="/data/stalls" type="int"/><bind nodeset="/data/online" type="int" relevant="${relevant}"/></model></h:head>
<h:body><input ref="/data/stalls"><label>Số quầy hàng</label></input>
<input ref="/data/online"><label>Số quầy bán trên mạng</label></input></h:body></h:html>`);
}

async function choose(page, path) {
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByLabel('Tệp phiếu').click()]);

  await chooser.setFiles(path);
}

onBoth('what is wrong with a form\'s sheet is told, and the mended one is added', async (bed, size) => {
  const root = await bed.province();
  const page = await bed.open(root, size), path = `${root.folder}/market.xml`;

  await page.goto(`${page.origin}/#/forms`);
  await page.getByRole('cell', { name: 'household' }).waitFor();
  sheet(path, '/data/stals &gt; 0');
  await choose(page, path);
  await page.getByRole('button', { name: 'Kiểm tra tệp' }).click();
  await page.getByRole('alert').filter({ hasText: /trang survey, dòng \d+, cột relevant.*stals/ }).waitFor();
  await axe(page);
  await shot(page, 'forms-wrong');
  sheet(path, '/data/stalls &gt; 0');
  await choose(page, path);
  await page.getByRole('button', { name: 'Kiểm tra tệp' }).click();
  await page.getByText('Không có lỗi. Đây là phiếu mới, market.').waitFor();
  assert.equal((await root.json('form', 'list')).filter((f) => f.code === 'market').length, 0, 'looking at it writes nothing');
  await axe(page);
  await shot(page, 'forms-checked');
  await page.getByRole('button', { name: 'Thêm cho mọi máy' }).click();
  await page.getByRole('cell', { name: 'market' }).first().waitFor();
  assert.equal((await root.json('form', 'list')).filter((f) => f.code === 'market').length, 1);
});

test('where a form or a target is not made, nothing offers it', async (bed) => {
  const office = await bed.child(await bed.province(), { unit: '90006', name: 'xa', role: 'office' });
  const page = await bed.open(office);

  await page.goto(`${page.origin}/#/forms`);
  await page.getByText('Phiếu do tỉnh thêm').waitFor();
  assert.equal(await page.getByLabel('Tệp phiếu').count(), 0);
  await page.goto(`${page.origin}/#/units?tab=targets`);
  await page.getByText('Mục tiêu do tỉnh đặt').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Đặt mục tiêu' }).count(), 0);
});

onBoth('a form is tried out as a volunteer sees it, and nothing is saved', async (bed, size) => {
  const root = await bed.province();
  const page = await bed.open(root, size);

  await page.goto(`${page.origin}/#/forms`);
  await page.getByRole('link', { name: 'Xem thử Hộ gia đình' }).click();
  await page.getByText('Đây là xem thử').waitFor();
  await page.getByLabel('Số thứ tự hộ').fill('abc');
  await page.getByLabel('Họ tên chủ hộ').fill('Nguyễn Văn An');
  await axe(page);
  await shot(page, 'form-preview');
  await page.getByLabel('Số thứ tự hộ').fill('12');
  while (await page.getByRole('button', { name: 'Tiếp tục' }).count()) await page.getByRole('button', { name: 'Tiếp tục' }).click();
  await page.getByRole('button', { name: 'Lưu phiếu' }).click();
  await page.getByText('Mọi câu đều hợp lệ').waitFor();
  assert.equal((await root.json('list', 'household')).length, 0);
  assert.deepEqual(await page.evaluate(() => Object.keys(localStorage).filter((k) => k.startsWith('draft:'))), []);
});
