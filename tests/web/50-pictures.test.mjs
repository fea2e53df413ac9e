// The pictures of README.md: a province where every commune has records, and a village's telephone. They go to
// build/web/shots/readme-*; those that are shown are in agent/web/pictures.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { assert, Node, PHONE, ROOT, shot, test } from './rig.mjs';

const REAL = `${ROOT}/../shared/data/bac_giang`;
const MADE = `${ROOT}/tests/data/sample`;
const VISITS = 12;                // of each commune
const MONTHS = ['2022-05-', '2022-06-', '2022-07-', '2022-08-', '2022-09-', '2022-10-'];      // for a line over them
const PICTURE_MAX = 100 * 1000;   // bytes, as people have to load them

const real = existsSync(`${REAL}_units_2022.csv`);
const UNITS = real ? `${REAL}_units_2022.csv` : `${MADE}_units.csv`;
const PEOPLE = real ? `${REAL}_population_2022_est.csv` : `${MADE}_population.csv`;
const MAP = `${REAL}_communes.topo.json`;

function rows(path) {
  return readFileSync(path, 'utf8').trim().split(/\r?\n/).map((line) => line.split(','));
}

// What the generator draws for every commune, as one file a form, each row with its unit
function drawn(folder) {
  const out = { households: [], visits: [] };

  for (const [code] of rows(PEOPLE).slice(1)) {
    execFileSync(process.env.GEN || `${ROOT}/build/gen`, ['--population', PEOPLE, '--commune', code, '--village', '1',
      '--device', '1', '--visits', String(VISITS), '--out', folder]);
    for (const name of Object.keys(out)) {
      const [head, ...lines] = readFileSync(`${folder}/${name}.csv`, 'utf8').trim().split('\n');
      if (!out[name].length) out[name].push(`unit,${head}`);
      out[name].push(...lines.map((line, i) => `${code},${line.replace(/2022-10-/, MONTHS[i % MONTHS.length])}`));
    }
  }
  Object.keys(out).forEach((name) => writeFileSync(`${folder}/${name}-all.csv`, `${out[name].join('\n')}\n`));
}

async function province(bed) {
  const node = bed.keep(new Node(bed.folder, 'province'));
  const [code, name] = rows(UNITS).filter((r) => r[2] === 'province')[0];
  const folder = `${bed.folder}/drawn`;

  mkdirSync(folder);
  drawn(folder);
  await node.cy('init', '--unit', code, '--unit-name', name);
  await node.cy('unit', 'import', UNITS);
  if (real) await node.cy('unit', 'boundaries', MAP);
  await node.cy('import', 'household', `${folder}/households-all.csv`);
  await node.cy('import', 'visit', `${folder}/visits-all.csv`);
  return node.start('--listen', '127.0.0.1:0');
}

// As PNG; a map has so many edges that it is smaller as JPEG.
async function picture(page, name, options = {}) {
  const path = `${ROOT}/build/web/shots/readme-${name}.${options.type === 'jpeg' ? 'jpg' : 'png'}`;

  await shot(page, `readme-${name}`, { fullPage: false, scale: 'css', ...options, path });

  assert.ok(statSync(path).size < PICTURE_MAX, `${name} has ${statSync(path).size} bytes`);
}

test('a province\'s coverage, for README.md', async (bed) => {
  const page = await bed.open(await province(bed), { width: 820, height: 620 });

  await page.goto(`${page.origin}/#/coverage?indicator=smartphone&by=commune`);
  await page.locator('.map .unit:not(.k-none)').nth(11).waitFor();
  await page.locator('.trendbox[aria-busy=false] .uplot').waitFor();
  await page.locator('.map').evaluate((map) => document.querySelector('main .card, main section').scrollIntoView(!!map));
  await picture(page, 'coverage', { type: 'jpeg', quality: 88 });
});

test('a volunteer\'s day and a form, for README.md', async (bed) => {
  const node = await bed.child(await bed.province(), { visits: 40 });
  const page = await bed.open(node, PHONE);

  await page.getByRole('link', { name: 'Ghi buổi mới như buổi trước' }).waitFor();
  await picture(page, 'today');
  await page.goto(`${page.origin}/#/form?form=visit&a.household=${(await node.json('list', 'household'))[2].id}`);
  await page.getByLabel('Nhà có mấy người').fill('4');
  await page.getByLabel('Số người từ 15 tuổi trở lên').fill('3');
  await page.getByRole('button', { name: 'Tiếp tục' }).click();
  await page.getByLabel('Số người có điện thoại thông minh').fill('2');
  await page.getByRole('group', { name: 'Nhà có mạng cáp quang không' }).getByLabel('Có', { exact: true }).check();
  await page.getByRole('group', { name: 'Dùng mạng của nhà nào' }).getByLabel('Viettel').check();
  await page.getByText('Đã giữ bản nháp').waitFor();
  await picture(page, 'form');
});
