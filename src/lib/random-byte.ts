import { randomFillSync } from 'node:crypto';

/**
 * Random bytes for later calls: asking the system each time would cost more than the rest of a
 * credential.
 */
const reserve = new Uint8Array(4096);
let used = reserve.length;

/** Returns a random byte for a credential or nonce, and forgets it. */
export function randomByte(): number {
  if (used === reserve.length) {
    randomFillSync(reserve);
    used = 0;
  }
  const byte = reserve[used] ?? 0;
  reserve[used] = 0;
  used += 1;
  return byte;
}
