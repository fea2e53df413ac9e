// proxy.mjs - nginx before an agent, set up as README has it, with a certificate of its own.
import { execFile, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { ROOT } from './node.mjs';

const run = promisify(execFile);
const NGINX = process.env.NGINX_PROGRAM || 'nginx';
export const NAME = 'cayda.example.vn'; // the browser finds it on this machine: browser.mjs

// The block of README that starts with "server {", with our ports and files in their places
function asDocumented({ port, web, name, folder }) {
  const [, block] = /```\n(server \{\n[^]*?\n\})\n```/.exec(readFileSync(`${ROOT}/README.md`, 'utf8'));
  const put = (text, from, to) => {
    if (!text.includes(from)) throw new Error(`README's nginx has no "${from}"`);
    return text.replace(from, to);
  };
  return [['listen 443 ssl', `listen 127.0.0.1:${port} ssl`], ['server_name cayda.example.vn', `server_name ${name}`],
    ['/etc/ssl/cayda.pem', `${folder}/tls.pem`], ['/etc/ssl/cayda.key', `${folder}/tls.key`],
    ['127.0.0.1:8484', `127.0.0.1:${web}`]].reduce((text, [from, to]) => put(text, from, to), block);
}

// Accepts as soon as it is back; { origin, plain, stop() }: plain is the same without TLS, as somebody might add it
export async function proxy(folder, { port, plain, web }) {
  const child = async () => {
    const started = spawn(NGINX, ['-p', folder, '-c', `${folder}/nginx.conf`, '-e', `${folder}/nginx.log`],
      { stdio: ['ignore', 'inherit', 'inherit'] });
    process.on('exit', () => started.kill('SIGKILL'));
    return started;
  };
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((x) => `${x}_temp_path ${folder}/${x};`).join(' ');
  const tls = asDocumented({ port, web, name: NAME, folder });

  await run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
    '-subj', `/CN=${NAME}`, '-addext', `subjectAltName=DNS:${NAME}`, '-keyout', `${folder}/tls.key`, '-out', `${folder}/tls.pem`]);
  writeFileSync(`${folder}/nginx.conf`, `${process.getuid() ? '' : 'user root;'} daemon off; master_process off; pid ${folder}/nginx.pid;
events {} http { access_log off; ${temp}
${tls}
${tls.replace(`listen 127.0.0.1:${port} ssl`, `listen 127.0.0.1:${plain}`).replace(/ssl_certificate.*\n/g, '\n')
    .replace('$http_host', `${NAME}:${port}`)} }`);
  const started = await child();
  const ended = new Promise((resolve) => started.on('exit', resolve));
  for (let up = false; !up;) {
    if (started.exitCode !== null) throw new Error(`nginx ended: ${readFileSync(`${folder}/nginx.log`, 'utf8')}`);
    up = await listens(port);
  }
  return { origin: `https://${NAME}:${port}`, plain: `http://${NAME}:${plain}`, stop: async () => { started.kill('SIGTERM'); await ended; } };
}

function listens(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => { socket.destroy(); resolve(true); });
    socket.on('error', () => resolve(false));
  });
}
