// Loads web3 from the folder that DMEX_NODE_MODULES names (a node_modules folder), or from where Node finds it.
import { createRequire } from 'node:module';
import path from 'node:path';

const folder = process.env.DMEX_NODE_MODULES;
const require = createRequire(folder ? path.join(path.resolve(folder), '..', 'resolve.js') : import.meta.url);

const { Web3 } = require('web3');
export const web3Version = Web3.version;
const accounts = new Web3().eth.accounts;

// web3 takes a hash without 0x as text and signs its characters, so both values must be 0x and 64 lower-case digits.
const form = /^0x[0-9a-f]{64}$/;

/** Signs the 32 raw bytes of an order hash as a personal message: v is a number, r and s are 0x and 64 digits. */
export function signOrderHash(key, orderHash) {
  if (!form.test(key) || !form.test(orderHash)) {
    throw new Error('key and hash are 0x and 64 lower-case hex digits');
  }

  const { v, r, s } = accounts.sign(orderHash, key);
  const signature = { v: Number(v), r, s };
  if (!form.test(r) || !form.test(s) || (signature.v !== 27 && signature.v !== 28)) {
    throw new Error(`unexpected form of a signature: ${JSON.stringify(signature)}`);
  }

  return signature;
}
