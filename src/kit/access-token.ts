import { crc32 } from 'node:zlib';

const PREFIX = 'sda_';
const RANDOM_LENGTH = 43;
const CHECKSUM_LENGTH = 6;
const LENGTH = PREFIX.length + RANDOM_LENGTH + CHECKSUM_LENGTH;
const FORM = /^sda_[0-9A-Za-z]{49}$/;
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * Checks the form of an access token: prefix, 43 symbols, and a CRC-32 of both as 6 more. Other
 * values are refused without a request to the server.
 */
export function isAccessToken(value: string): boolean {
  if (value.length !== LENGTH || !FORM.test(value)) {
    return false;
  }
  const body = value.slice(0, -CHECKSUM_LENGTH);
  return crc32(body) === fromBase62(value, body.length);
}

/** Reads the digits from a position to the end. */
function fromBase62(text: string, from: number): number {
  let value = 0;
  for (let i = from; i < text.length; i += 1) {
    value = value * 62 + ALPHABET.indexOf(text.charAt(i));
  }
  return value;
}
