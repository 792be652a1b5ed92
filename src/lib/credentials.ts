import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { randomByte } from './random-byte.ts';

/** Kinds of credentials. Scanners of leaked secrets find them by prefix and checksum. */
export type CredentialPrefix = 'sda' | 'sdr' | 'sds' | 'sdo';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 43 symbols of 62 carry 256 bits. */
const RANDOM_LENGTH = 43;
const CHECKSUM_LENGTH = 6;
const LENGTH = 'sda_'.length + RANDOM_LENGTH + CHECKSUM_LENGTH;

/**
 * Makes a credential: prefix, 256 random bits, and a CRC-32 of both at the end.
 *
 * - `sda_` access token
 * - `sdr_` refresh token
 * - `sds_` client secret
 * - `sdo_` operator token
 */
export function newCredential(prefix: CredentialPrefix): string {
  const body = `${prefix}_${randomText(RANDOM_LENGTH)}`;
  return body + checksum(body);
}

/** Tests form and checksum of a credential, without a look-up. */
export function isWellFormed(prefix: CredentialPrefix, value: string): boolean {
  if (value.length !== LENGTH || !value.startsWith(`${prefix}_`)) {
    return false;
  }
  const body = value.slice(0, -CHECKSUM_LENGTH);
  return checksum(body) === value.slice(-CHECKSUM_LENGTH);
}

/** Returns the stored form of a credential: its SHA-256, 32 bytes. */
export function hashOf(value: string | Uint8Array): Buffer {
  return hash('sha256', value, 'buffer');
}

/** `length` symbols of `0-9A-Za-z`, uniformly random. Not a credential: it has no checksum. */
export function randomText(length: number): string {
  let text = '';
  while (text.length < length) {
    const byte = randomByte();
    // 248 is the largest multiple of 62 in a byte: above it, some symbols would come up more often.
    if (byte < 248) {
      text += ALPHABET[byte % 62];
    }
  }
  return text;
}

function checksum(body: string): string {
  let rest = crc32(body);
  let text = '';
  for (let i = 0; i < CHECKSUM_LENGTH; i += 1) {
    text = ALPHABET[rest % 62] + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}
