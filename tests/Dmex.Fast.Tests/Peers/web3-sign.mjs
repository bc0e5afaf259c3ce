// Signs with web3.js: reads lines "key hash" from stdin and writes one JSON object a line to stdout: v, r, s, and the cancel
// message as JSON.stringify gives it. Test keys only: they come from a seeded generator.
import readline from 'node:readline';
import { signOrderHash } from './web3.mjs';

for await (const line of readline.createInterface({ input: process.stdin })) {
  const [key, orderHash] = line.split(' ');
  const { v, r, s } = signOrderHash(key, orderHash);
  const message = JSON.stringify({ op: 'cancel_order', data: { order_hash: orderHash, v, r, s } });
  process.stdout.write(`${JSON.stringify({ v, r, s, message })}\n`);
}
