import { isUnprintable } from '../lib/printable.ts';
import { isTooLong } from './password.ts';

/** Least characters of a password that a user chooses. */
export const PASSWORD_MINIMUM = 8;

/** Problems of a password. */
export type PasswordFault = 'missing' | 'short' | 'long' | 'unprintable' | 'personal' | 'common';

/** Words of common passwords that the dictionary lacks, or has with other decorations only. */
const WORDS = new Set(
  (
    'p@ssword geheim qwerty qwertz qwertzuiop yxcvbnm zxcvbnm qazwsx ichliebedich hallo hallowelt ' +
    'hello welcome willkommen prinzessin batman letmein default admin master monkey dragon shadow ' +
    'michael jessica charlie freedom schatz sommer winter summer spring autumn herbst fruehling ' +
    'abc123 secret test tester login user guest'
  ).split(' '),
);

/**
 * Returns the problem of a new password, or undefined. Checks length and guessability, not kinds of
 * characters.
 * @param personal facts about the person and the place: email address, name, host
 * @see NIST SP 800-63B §5.1.1.2
 */
export async function findPasswordFault(
  password: string,
  personal: readonly string[],
): Promise<PasswordFault | undefined> {
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
  return (await isCommon(plain)) ? 'common' : undefined;
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

/** Checks for a common password, also with digits and signs around it. */
async function isCommon(plain: string): Promise<boolean> {
  if (isRepetition(plain) || isRun(plain)) {
    return true;
  }
  const word = core(plain);
  if (WORDS.has(plain) || WORDS.has(word)) {
    return true;
  }
  commonPasswords ??= loadCommonPasswords();
  const common = await commonPasswords;
  return common.has(plain) || (word.length >= PASSWORD_MINIMUM && common.has(word));
}

let commonPasswords: Promise<ReadonlySet<string>> | undefined;

/** Loads 49,000 common passwords when a user first chooses one: that takes 50 ms of CPU. */
async function loadCommonPasswords(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return new Set(dictionary['passwords-common']);
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
