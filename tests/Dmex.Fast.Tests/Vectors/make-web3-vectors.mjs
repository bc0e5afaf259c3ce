// Makes web3-signatures.jsonl: DMEX_NODE_MODULES=…/node_modules node make-web3-vectors.mjs > web3-signatures.jsonl
// Keys and hashes come from SHA-256 of a fixed label and a counter, so the file is the same each time. Prints to stderr
// the version of web3.
import { createHash } from 'node:crypto';
import { signOrderHash, web3Version } from '../Peers/web3.mjs';

const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const label = 'dmex-fast web3 vectors 1';
const randomCases = 1000;
const searchedCases = 24; // each of: r begins with a zero byte; s begins with one

const hex = (value) => `0x${value.toString(16).padStart(64, '0')}`;
const digest = (text) => BigInt(`0x${createHash('sha256').update(`${label} ${text}`).digest('hex')}`);
const keyOf = (text) => hex((digest(`key ${text}`) % (order - 1n)) + 1n);
const hashOf = (text) => hex(digest(`hash ${text}`));

function write(name, key, hash) {
  const { v, r, s } = signOrderHash(key, hash);
  process.stdout.write(`${JSON.stringify({ case: name, key, hash, v, r, s })}\n`);
}

process.stderr.write(`web3 ${web3Version}\n`);

const keys = { '1': 1n, '2': 2n, 'n - 1': order - 1n, 'n - 2': order - 2n, '(n - 1) / 2': (order - 1n) / 2n, '2^255': 1n << 255n };
const hashes = { '0': 0n, '1': 1n, 'n - 1': order - 1n, 'n': order, 'n + 1': order + 1n, '2^256 - 1': (1n << 256n) - 1n };
for (const [keyName, key] of Object.entries(keys)) {
  for (const [hashName, hash] of Object.entries(hashes)) {
    write(`key ${keyName}, hash ${hashName}`, hex(key), hex(hash));
  }
}

for (let i = 0; i < randomCases; i++) {
  write(`random ${i}`, keyOf(i), hashOf(i));
}

const wanted = [
  ['r with a leading zero byte', (signature) => signature.r.startsWith('0x00'), searchedCases],
  ['s with a leading zero byte', (signature) => signature.s.startsWith('0x00'), searchedCases],
  ['r with two leading zero bytes', (signature) => signature.r.startsWith('0x0000'), 1],
  ['s with two leading zero bytes', (signature) => signature.s.startsWith('0x0000'), 1],
];
const searchKey = keyOf('search');
for (let i = 0; wanted.some(([, , left]) => left > 0); i++) {
  const hash = hashOf(`search ${i}`);
  const signature = signOrderHash(searchKey, hash);
  for (const entry of wanted) {
    if (entry[2] > 0 && entry[1](signature)) {
      entry[2]--;
      write(`${entry[0]}, search ${i}`, searchKey, hash);
    }
  }
}
