import { domainToASCII } from 'node:url';
import { isUnprintable } from './printable.ts';

/** Longest e-mail address, in characters (RFC 5321 section 4.5.3.1.3, without the brackets). */
export const EMAIL_LIMIT = 254;

const LOCAL_PART = /^[^\s@<>()[\]\\,;:"]{1,64}$/u;
/** ASCII letters, digits, hyphens and underscores; any other script, which `domainToASCII` checks. */
const TYPED_DOMAIN = /^[A-Za-z0-9._\-\u{80}-\u{10FFFF}]+$/u;
const ASCII_DOMAIN = /^(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}$/;
/** The URL parser behind `domainToASCII` reads such a name as an IPv4 address. */
const NUMERIC_ENDING = /(?:^|\.)(?:\d+|0x[0-9a-f]*)$/i;

/**
 * Returns the key of an e-mail address, or undefined if `address` is not one. Two addresses are the
 * same if and only if their keys are equal; no other comparison of addresses is allowed.
 *
 * The key folds A to Z in the local part and nothing else there, because folding beyond ASCII depends
 * on the engine and its locale: PostgreSQL lowers `İ` (U+0130) to `i`, JavaScript does not. The domain
 * becomes what a resolver asks for: lower case, each label in ASCII.
 * @see UTS 46 (Unicode IDNA Compatibility Processing), section 4
 */
export function emailKey(address: string): string | undefined {
  const at = address.indexOf('@');
  const [local, domain] = [address.slice(0, at), address.slice(at + 1)];
  const possible =
    at > 0 &&
    address.length <= EMAIL_LIMIT &&
    !isUnprintable(address) &&
    LOCAL_PART.test(local) &&
    TYPED_DOMAIN.test(domain);
  if (!possible) {
    return undefined;
  }
  // Checked before and after: an ideographic full stop or a fullwidth digit becomes ASCII in between.
  const ascii = NUMERIC_ENDING.test(domain) ? '' : domainToASCII(domain);
  const key = `${foldAscii(local)}@${ascii}`;
  const valid = ASCII_DOMAIN.test(ascii) && !NUMERIC_ENDING.test(ascii);
  return valid && key.length <= EMAIL_LIMIT ? key : undefined;
}

/** Returns whether `value` has the form of an e-mail address; only a mail proves that it is one. */
export function isEmail(value: string): boolean {
  return emailKey(value) !== undefined;
}

/** Returns whether an address is in ASCII, so that no two spellings of it look alike. */
export function isAsciiEmail(address: string): boolean {
  return /^[!-~]+$/.test(address);
}

function foldAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
