import { createHmac, timingSafeEqual } from 'node:crypto';
import { deriveKey } from '../lib/encryption.ts';

/** Carries the pass. */
export const DOCTOR_HEADER = 'stagedoor-doctor';

/** Milliseconds that a pass is good, and that clocks may be apart. */
const LIFETIME = 300_000;

/**
 * Makes a pass with which `stagedoor doctor` shows that it has the server's cookie key. The server
 * then describes how the request arrived; others learn nothing about the proxies.
 */
export function newDoctorPass(cookieKey: string, now = Date.now()): string {
  return `${now}.${signature(cookieKey, String(now))}`;
}

/** Tests if a pass was made with one of the keys within the last five minutes. */
export function isDoctorPass(keys: readonly string[], pass: string, now = Date.now()): boolean {
  const [time = '', given = ''] = pass.split('.');
  const isFresh = Math.abs(now - Number(time)) <= LIFETIME;
  return isFresh && keys.some((key) => isEqual(given, signature(key, time)));
}

function signature(key: string, time: string): string {
  return createHmac('sha256', deriveKey(key, 'doctor pass')).update(time).digest('base64url');
}

function isEqual(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
