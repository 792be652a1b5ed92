import unhomoglyph from 'unhomoglyph';
import { remember } from './remember.ts';

/** Longest skeleton, in characters. */
const LENGTH_LIMIT = 255;

/** First letters of the alphabets that are symbols in Unicode: white on black, and those of flags. */
const ALPHABETS = [0x1f150, 0x1f170, 0x1f1e6];
/**
 * Latin letters, each with the characters that look like it and have no Latin prototype in UTS 39:
 * small capitals, the Greek and Cyrillic letters that `unhomoglyph` replaces by these, and digits and
 * signs that people write for letters.
 */
const LATIN = new Map(
  Object.entries({
    a: 'ᴀʌ@4',
    b: 'ʙßƅ6',
    c: 'ςɕ',
    d: 'ᴅ∂',
    e: 'ᴇꞓǝ€3',
    f: 'ꜰ',
    g: 'ɢ9',
    h: 'ʜ',
    i: 'ɪ',
    j: 'ᴊ',
    k: 'ĸᴋ',
    l: 'ʟ',
    n: 'ɴᴎπ',
    p: 'ᴘ',
    r: 'ʀᴙ',
    rn: 'ᴍʍ',
    s: 'ꜱƨ$5',
    t: 'ᴛ7',
    u: 'ᴜ',
    w: 'шω',
    x: 'χ',
    y: 'ʏ',
    z: '2',
  }).flatMap(([latin, others]) => [...others].map((other) => [other, latin] as const)),
);

/**
 * Returns the skeleton of a name: names that look alike have the same one. Letter case, accents,
 * spaces, punctuation and invisible characters do not count.
 *
 * Confusable characters are replaced before case folding, because a capital can look like a letter of
 * another script (Cyrillic `Н`), and after it, because a folded letter has a prototype of its own.
 * `I`, `l`, `1` and `i` become one letter: the first three look alike, and the last is the first in
 * lower case.
 * @see UTS 39 (Unicode Security Mechanisms), section 4
 */
export const skeletonOf = remember(computeSkeleton);

function computeSkeleton(name: string): string {
  // NFKD would make letters of these marks.
  const plain = withPlainLetters(name).replace(/[™℠]/g, '');
  const prototype = unhomoglyph(plain.normalize('NFKD'));
  const letters = unhomoglyph(prototype.toLowerCase())
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z]/gu, (character) => LATIN.get(character) ?? character)
    .replace(/[^\p{L}\p{N}]/gu, '')
    .replaceAll('i', 'l')
    .replaceAll('vv', 'w');
  const skeleton = letters === '' ? symbolsOf(name) : letters;
  // Cut, because an index has a limit.
  return [...skeleton].slice(0, LENGTH_LIMIT).join('');
}

/** Returns the name with letters in place of the symbols that are letters in a box. */
export function withPlainLetters(name: string): string {
  return name.replace(/[\u{1f150}-\u{1f169}\u{1f170}-\u{1f189}\u{1f1e6}-\u{1f1ff}]/gu, (symbol) => {
    const code = symbol.codePointAt(0) ?? 0;
    const first = ALPHABETS.findLast((start) => start <= code) ?? code;
    return String.fromCodePoint(0x41 + code - first);
  });
}

/** Returns a name without letters as it looks: without spaces, variation selectors and skin tones. */
function symbolsOf(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/[\s\p{Default_Ignorable_Code_Point}\p{Emoji_Modifier}]+/gu, '');
}
