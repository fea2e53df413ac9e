// bundle.mjs - makes of the pages' sources the files that the program carries: each gzipped, under its name.
// usage: node bundle.mjs WORK    WORK/node_modules holds the packages; the files go to WORK/files.
import { createRequire } from 'node:module';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { icon } from './icon.mjs';
import vi from './src/vi.js';

const here = dirname(fileURLToPath(import.meta.url));
const work = resolve(process.argv[2]);
const packages = join(work, 'node_modules');
const esbuild = createRequire(join(work, 'package.json'))('esbuild');
const TARGET = 'chrome61';      // of 2017: what old phones have that get no other any more

function read(path) {
  return readFileSync(path, 'utf8');
}

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap(e => e.isDirectory()
    ? sources(join(folder, e.name)) : /\.js$/.test(e.name) ? [join(folder, e.name)] : []);
}

// Every text of t('...') and every title has its Vietnamese, and no Vietnamese stands for nothing.
function checkTexts() {
  const code = sources(join(here, 'src')).filter(f => !/[/\\]vi\.js$/.test(f)).map(f => [f, read(f)]);
  const literal = String.raw`('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")`;
  const asked = new RegExp(String.raw`(?:\bt\(\s*|\btitle: )${literal}`, 'g');
  const wrong = [];
  for (const [file, text] of code) {
    for (const [, quoted] of text.matchAll(asked)) {
      const english = Function(`return ${quoted}`)();
      if (!(english in vi)) wrong.push(`${file}: no Vietnamese for ${quoted}`);
    }
  }
  const all = code.map(c => c[1]).join('\n').replace(/\\(['"])/g, '$1');
  for (const english of Object.keys(vi))
    if (!all.includes(english)) wrong.push(`vi.js: nothing says ${JSON.stringify(english)}`);
  if (wrong.length) throw new Error(wrong.join('\n'));
}

// The notices that the packages' licences want to go with them.
function licences(meta) {
  const names = new Set(Object.keys(meta.inputs).map(p => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(p))
    .filter(Boolean).map(m => m[1]));
  return [...names].sort().map(name => {
    const { version, license } = JSON.parse(read(join(packages, name, 'package.json')));
    const file = readdirSync(join(packages, name)).find(f => /^licen[cs]e/i.test(f));
    if (!file) throw new Error(`${name}: no licence is with it`);
    return `${name} ${version} (${license})\n\n${read(join(packages, name, file)).trim()}\n`;
  }).join(`\n${'-'.repeat(72)}\n\n`);
}

async function bundle(entry, more = {}) {
  const out = await esbuild.build({
    entryPoints: [join(here, 'src', entry)], bundle: true, minify: true, write: false, metafile: true,
    target: TARGET, format: 'iife', legalComments: 'none', nodePaths: [packages], logLevel: 'warning',
    charset: 'utf8', ...more,
  });
  return { bytes: Buffer.from(out.outputFiles[0].contents), meta: out.metafile };
}

try {
  checkTexts();
  const app = await bundle('app.js');
  const files = {
    'app.js': app.bytes,
    'app.css': (await bundle('app.css')).bytes,
    'sw.js': (await bundle('sw.js')).bytes,
    'licences.txt': licences(app.meta),
    'index.html': read(join(here, 'src/index.html')),
    'manifest.webmanifest': read(join(here, 'src/manifest.webmanifest')),
    'icon.svg': read(join(here, 'src/icon.svg')),
    'icon-192.png': icon(192),
    'icon-512.png': icon(512),
  };
  rmSync(join(work, 'files'), { recursive: true, force: true });
  mkdirSync(join(work, 'files'));
  let sum = 0;
  for (const [name, bytes] of Object.entries(files)) {
    const small = gzipSync(bytes, { level: 9 });
    writeFileSync(join(work, 'files', name), small);
    sum += small.length;
  }
  console.log(`web: ${sum} bytes gzipped`);
} catch (e) {
  if (!e.errors) console.error(`web: ${e.message}`);
  process.exit(1);
}
