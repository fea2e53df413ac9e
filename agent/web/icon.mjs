// icon.mjs - the banyan of icon.svg as a PNG, for browsers that install no page with another kind of icon.
import { deflateSync } from 'node:zlib';

const GROUND = [0x0b, 0x5d, 0x3b];
const LEAVES = [0xf4, 0xd3, 0x5e];
const crown = [[50, 38, 20], [34, 46, 14], [66, 46, 14]];      // circles, in hundredths of the side
const trunks = [[46, 46, 8, 34], [33, 54, 3, 26], [64, 54, 3, 26], [28, 80, 44, 4]];      // x y width height

function colour(x, y) {
  const tree = crown.some(([cx, cy, r]) => (x - cx) ** 2 + (y - cy) ** 2 < r * r) ||
    trunks.some(([l, t, w, h]) => x >= l && x < l + w && y >= t && y < t + h);
  return tree ? LEAVES : GROUND;
}

function table() {
  return Array.from({ length: 256 }, (_, n) => {
    for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
    return n >>> 0;
  });
}
const TABLE = table();
function crc32(bytes) {
  return (bytes.reduce((c, b) => TABLE[(c ^ b) & 255] ^ (c >>> 8), -1) ^ -1) >>> 0;
}

function chunk(type, data) {
  const out = Buffer.alloc(12 + data.length);
  out.writeUInt32BE(data.length, 0);
  out.write(type, 4, 'latin1');
  data.copy(out, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + data.length)), 8 + data.length);
  return out;
}

export function icon(side) {
  const rows = Buffer.alloc(side * (1 + 3 * side));
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++)
      rows.set(colour((x + 0.5) * 100 / side, (y + 0.5) * 100 / side), y * (1 + 3 * side) + 1 + 3 * x);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  head.set([8, 2, 0, 0, 0], 8);      // eight bits of red, green, blue
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0))]);
}
