import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { randomByte } from './random-byte.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts text under a key derived from `secret`, which is not stored with it. AES-256-GCM; the
 * result is nonce, tag, ciphertext.
 * @param purpose separates the keys for different uses of one secret (HKDF info)
 */
export function seal(secret: string, purpose: string, text: string): Buffer {
  const nonce = Uint8Array.from({ length: NONCE_BYTES }, randomByte);
  const cipher = createCipheriv('aes-256-gcm', cipherKey(secret, purpose), nonce);
  const [body, end] = [cipher.update(text, 'utf8'), cipher.final()];
  return Buffer.concat([nonce, cipher.getAuthTag(), body, end]);
}

/**
 * Reads what `seal` wrote.
 * @throws Error where the secret is another one or the bytes were changed
 */
export function unseal(secret: string, purpose: string, sealed: Uint8Array): string {
  const bytes = Buffer.from(sealed);
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const key = cipherKey(secret, purpose);
  // Pinned: a shorter tag would be easier to guess.
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  const body = bytes.subarray(NONCE_BYTES + TAG_BYTES);
  return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
}

/** Returns the key as an object: Node.js takes much longer to begin a cipher with bytes. */
function cipherKey(secret: string, purpose: string): KeyObject {
  return createSecretKey(deriveKey(secret, purpose));
}

/**
 * Derives 32 bytes from `secret` by HKDF-SHA-256.
 * @param purpose separates the keys for different uses of one secret
 */
export function deriveKey(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `stagedoor ${purpose}`, 32));
}
