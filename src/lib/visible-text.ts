/** Letters of scripts in which joiners (U+200C, U+200D) change how words are written. */
const JOINING =
  '[\\p{Script=Arabic}\\p{Script=Syriac}\\p{Script=Nko}\\p{Script=Mongolian}\\p{Script=Devanagari}' +
  '\\p{Script=Bengali}\\p{Script=Gurmukhi}\\p{Script=Gujarati}\\p{Script=Oriya}\\p{Script=Tamil}' +
  '\\p{Script=Telugu}\\p{Script=Kannada}\\p{Script=Malayalam}\\p{Script=Sinhala}\\p{Script=Khmer}' +
  '\\p{Script=Myanmar}]';
/** Invisible characters where they are part of a word or of an emoji. */
const IN_PLACE = [
  `(?<=${JOINING})[\\u200c\\u200d](?=${JOINING})`,
  '(?<=[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f])\\u200d(?=\\p{Extended_Pictographic})',
  '(?<=\\p{Extended_Pictographic})\\ufe0f',
  '(?<=[0-9#*])\\ufe0f(?=\\u20e3)',
].join('|');
/**
 * Characters that show nothing or change the reading direction: control characters, surrogates,
 * private use, line separators, default ignorables (zero-width characters, bidirectional controls,
 * Hangul fillers, variation selectors, tags), annotation marks, the object placeholder and blank
 * symbols (Braille, hieroglyphs, musical notation).
 * @see UAX 44, Default_Ignorable_Code_Point
 */
const NOT_VISIBLE =
  '[\\p{Cc}\\p{Cs}\\p{Co}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}\\ufff9-\\ufffc' +
  '\\u2800\\u{13441}\\u{13442}\\u{1d159}]';

const INVISIBLE = new RegExp(`(?!${IN_PLACE})${NOT_VISIBLE}`, 'u');
const INVISIBLES = new RegExp(`(?:(?!${IN_PLACE})${NOT_VISIBLE})+`, 'gu');
/** Letters, digits, punctuation, symbols. */
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** Returns true if `text` has an invisible character. Line breaks count, too. */
export function hasInvisible(text: string): boolean {
  return INVISIBLE.test(text);
}

/** Returns true if `text` begins with a visible character and none has more than four accents. */
export function isReadable(text: string): boolean {
  return VISIBLE.test(text) && !/^\p{M}|\p{M}{5}/u.test(text);
}

/** Returns `text` on one line, with a space for each run of invisible characters. */
export function visibleLine(text: string): string {
  const line = text.replace(INVISIBLES, ' ').replace(/\s+/g, ' ').trim();
  return VISIBLE.test(line) ? line : '';
}
