import { isUnprintable } from '../lib/printable.ts';
import { isTooLong } from './password.ts';

/** Least characters of a password that a user chooses. */
export const PASSWORD_MINIMUM = 8;

/** Problems of a password. */
export type PasswordFault = 'missing' | 'short' | 'long' | 'unprintable' | 'personal' | 'common';

/**
 * Those of at least eight characters that are tried first, and what they are made of. Digits and
 * signs around one, and capitals, make it no better.
 */
const COMMON = new Set(
  (
    'password passwort passw0rd p@ssw0rd p@ssword kennwort geheim qwertyuiop qwertyui qwerty qwertz ' +
    'qwertzuiop asdfghjkl asdfghjk yxcvbnm zxcvbnm 1q2w3e4r 1q2w3e4r5t q1w2e3r4 1qaz2wsx qazwsxedc ' +
    'qazwsx zaq12wsx iloveyou ichliebedich hallo hallowelt hello helloworld welcome willkommen ' +
    'sunshine princess prinzessin football fussball baseball basketball superman batman starwars ' +
    'trustno1 letmein changeme default admin administrator master monkey dragon shadow michael ' +
    'jennifer jessica charlie computer internet whatever freedom schatz sommer winter summer spring ' +
    'autumn herbst fruehling abcd1234 abc123 a1b2c3d4 secret test tester testtest login user guest'
  ).split(' '),
);

/**
 * Returns the problem of a new password, or undefined. Checks length and guessability, not kinds of
 * characters.
 * @param personal facts about the person and the place: email address, name, host
 * @see NIST SP 800-63B §5.1.1.2
 */
export function findPasswordFault(
  password: string,
  personal: readonly string[],
): PasswordFault | undefined {
  const plain = password.normalize('NFKC').toLowerCase();
  if (password === '') {
    return 'missing';
  }
  if (isTooLong(password)) {
    return 'long';
  }
  if (isUnprintable(password)) {
    return 'unprintable';
  }
  if ([...plain].length < PASSWORD_MINIMUM) {
    return 'short';
  }
  if (personal.flatMap(guesses).includes(core(plain))) {
    return 'personal';
  }
  return isCommon(plain) ? 'common' : undefined;
}

/** The whole, its words, and an address without its domain. */
function guesses(known: string): string[] {
  const plain = known.normalize('NFKC').toLowerCase();
  const [local = ''] = plain.split('@');
  return [plain, local, ...plain.split(/[\s@.]+/)].map(core).filter((one) => one.length >= 3);
}

/** Without blanks, and without digits and signs at both ends. */
function core(text: string): string {
  return text.replace(/\s/g, '').replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
}

function isCommon(plain: string): boolean {
  return COMMON.has(plain) || COMMON.has(core(plain)) || isRepetition(plain) || isRun(plain);
}

/** One to three characters over and over. */
function isRepetition(plain: string): boolean {
  return /^(.{1,3}?)\1+.{0,2}$/u.test(plain);
}

/** Each character the next one, up or down, as in 12345678 or hgfedcba; 0 comes after 9, too. */
function isRun(plain: string): boolean {
  const codes = [...plain].map((symbol) => symbol.codePointAt(0) ?? 0);
  const steps = codes.slice(1).map((code, index) => code - (codes[index] ?? 0));
  return [1, -1].some((step) => steps.every((one) => one === step || one === -9 * step));
}
