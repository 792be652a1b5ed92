import unhomoglyph from 'unhomoglyph';

/** Longest skeleton, in characters. */
const LENGTH_LIMIT = 255;

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
export function skeletonOf(name: string): string {
  const prototype = unhomoglyph(name.normalize('NFKD'));
  const letters = unhomoglyph(prototype.toLowerCase())
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .replaceAll('i', 'l')
    .replaceAll('vv', 'w');
  // A name of symbols only is compared as it is. Cut, because an index has a limit.
  const skeleton = letters === '' ? name.normalize('NFKC').replace(/\s+/g, '') : letters;
  return [...skeleton].slice(0, LENGTH_LIMIT).join('');
}
