const PREFIX = 'sda_';
const RANDOM_LENGTH = 43;
const CHECKSUM_LENGTH = 6;
const LENGTH = PREFIX.length + RANDOM_LENGTH + CHECKSUM_LENGTH;
const FORM = /^sda_[0-9A-Za-z]{49}$/;
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * Whether `value` could be an access token of Stagedoor: prefix, 43 symbols, and a CRC-32 of both
 * as 6 more. What could not is refused without asking the server.
 */
export function isAccessToken(value: string): boolean {
  if (value.length !== LENGTH || !FORM.test(value)) {
    return false;
  }
  const body = value.slice(0, -CHECKSUM_LENGTH);
  return inBase62(crc32(body)) === value.slice(-CHECKSUM_LENGTH);
}

/** Of ASCII only. `node:zlib` has one since Node.js 20.15 and 22.2. */
function crc32(text: string): number {
  let crc = ~0;
  for (let i = 0; i < text.length; i += 1) {
    crc ^= text.charCodeAt(i);
    for (let bit = 0; bit < 8; bit += 1) {
      crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
  }
  return ~crc >>> 0;
}

function inBase62(value: number): string {
  let rest = value;
  let text = '';
  for (let i = 0; i < CHECKSUM_LENGTH; i += 1) {
    text = ALPHABET.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}
