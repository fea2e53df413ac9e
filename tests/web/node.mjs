// node.mjs - homes with real records, and their agents: started, killed and ended by their own process.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const ROOT = process.env.ROOT || new URL('../..', import.meta.url).pathname.replace(/\/$/, '');
export const CAYDA = process.env.CAYDA || `${ROOT}/build/linux-amd64/cayda`;
const GEN = process.env.GEN || `${ROOT}/build/gen`;
const DATA = `${ROOT}/tests/data`;
const ENV = { ...process.env, LC_ALL: 'C.UTF-8', CAYDA_HOME: '' };
delete ENV.CAYDA_HOME;

let ports = 0;
const agents = new Set(); // those that run, so that none outlives the tests, however they end
process.on('exit', () => agents.forEach((child) => child.kill('SIGKILL')));

// One that the kernel does not hand out by itself, and that nobody listens at
export async function freePort() {
  const port = 12000 + (process.pid * 17 + ports++ * 101) % 20000;
  const server = createServer();
  const free = await new Promise((resolve) => {
    server.on('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });

  await new Promise((resolve) => server.close(resolve));
  return free ? port : freePort();
}

export class Node {
  constructor(folder, name) {
    this.name = name;
    this.folder = folder; // what belongs to it lies beside its home
    this.home = `${folder}/${name}`;
    this.log = '';
    this.web = null; // port of its pages: the same after a kill, whoever else starts one meanwhile
  }

  // cy('unit', 'add', ...): what the command prints; throws with what it says when it fails
  async cy(...args) {
    try {
      return (await run(CAYDA, ['--home', this.home, ...args], { env: ENV })).stdout;
    } catch (e) {
      throw new Error(`cayda ${args.join(' ')}: ${e.stderr || e.message}`);
    }
  }

  async json(...args) {
    return JSON.parse(await this.cy('--json', ...args));
  }

  // An account's password is put: 'add' unless another verb is the first of args.
  async account(name, password, ...args) {
    const verb = /^--/.test(args[0] || '--') ? 'add' : args.shift();
    const child = execFile(CAYDA, ['--home', this.home, 'account', verb, name, ...args], { env: ENV });

    child.stdin.end(`${password}\n`);
    const [status] = await once(child, 'exit');
    if (status) throw new Error(`cayda account ${verb} ${name}: ${status}`);
  }

  // Of its pages
  async port() {
    this.web = this.web || await freePort();
    return this.web;
  }

  // Runs its agent, with further options of `cayda run`; back when the pages are served.
  async start(...options) {
    const child = spawn(CAYDA, ['--home', this.home, 'run', '--web', String(await this.port()), ...options],
      { env: ENV, stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = new Promise((resolve) => child.on('exit', resolve));

    agents.add(child);
    ended.then(() => agents.delete(child));
    this.agent = { child, ended };
    this.options = options;
    child.stderr.on('data', (text) => { this.log += text; });
    await new Promise((resolve, reject) => {
      child.stdout.on('data', (text) => {
        this.log += text;
        if (/listening|running|no node yet/.test(this.log)) resolve();
      });
      ended.then(() => reject(new Error(`the agent of ${this.name} ended: ${this.log}`)));
    });
    this.address = (/listening on (\S+)/.exec(this.log) || [])[1];
    return this;
  }

  async end(signal) {
    if (!this.agent) return;
    this.agent.child.kill(signal);
    await this.agent.ended;
    this.agent = null;
    this.log = '';
  }

  stop() { return this.end('SIGTERM'); }

  kill() { return this.end('SIGKILL'); }

  // As it was started; after a kill at the same address, with the same sessions.
  restart() { return this.start(...this.options); }

  // The address that lets a browser in, once
  async door() { return (await this.cy('open', '--print')).trim(); }

  // What a village's team records: import('90006-01', 50) has 50 households with a visit each, and a training session
  async draw(unit, visits, device = 1) {
    const [, commune, village] = /^(.*)-0*(\d+)$/.exec(unit), out = `${this.folder}/drawn-${unit}-${device}`;

    mkdirSync(out, { recursive: true });
    await run(GEN, ['--population', `${DATA}/sample_population.csv`, '--commune', commune, '--village', village,
      '--device', String(device), '--visits', String(visits), '--out', out]);
    for (const [form, file] of [['household', 'households'], ['visit', 'visits'], ['training', 'training'],
      ['team', 'team'], ['signal', 'signal']]) {
      const path = `${out}/${file}.csv`;
      if (existsSync(path) && readFileSync(path, 'utf8').trim().includes('\n'))
        await this.cy('import', form, path, '--unit', unit);
    }
    return this;
  }

  // A home that joins by an invite's line, not yet enrolled
  async join(name, uri) {
    const child = new Node(this.folder, name);

    await child.cy('join', uri);
    return child;
  }

  // A node that this one invites for a unit, not yet enrolled; this one's agent must run.
  async invite(unit, name, role = 'device') {
    const invite = await this.json('invite', '--unit', unit, '--name', name, '--role', role, '--address', this.address);

    return this.join(name, invite.uri);
  }
}

// A root with the sample's units and three villages in commune 90006; visits: made in each of them
export async function province(folder, { visits = 0 } = {}) {
  const node = new Node(folder, 'tinh');

  await node.cy('init', '--unit', '90', '--unit-name', 'Tỉnh mẫu', '--name', 'tinh');
  await node.cy('unit', 'import', `${DATA}/sample_units.csv`);
  await node.cy('unit', 'villages', '90006', '3', '--households', '600');
  for (const village of visits ? ['90006-01', '90006-02', '90006-03'] : []) await node.draw(village, visits);
  return node;
}
