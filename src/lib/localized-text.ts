import { z } from 'zod';
import { isUnprintable, quote } from './printable.ts';

/** A string, or an object of language tag to string. */
export type LocalizedText = string | Record<string, string>;

/** Longest text in one language, in characters. */
const LIMIT = 255;
/** More than any platform speaks; each is shown and logged. */
const LANGUAGES_LIMIT = 100;

/** Tests if `value` is a well-formed BCP 47 language tag. */
export function isLanguageTag(value: string): boolean {
  try {
    return value.length <= 35 && Intl.getCanonicalLocales(value).length === 1;
  } catch {
    return false;
  }
}

/** A string, or an object of language tag to string, of which at least one is filled. */
export const localizedText = z
  .union([z.string(), z.record(z.string(), z.string())])
  .transform((given, ctx): LocalizedText => {
    const refuse = (message: string, path: string[] = []) =>
      ctx.issues.push({ code: 'custom', input: given, path, message });
    const texts = typeof given === 'string' ? [['', given] as const] : Object.entries(given);
    if (texts.every(([, text]) => isBlank(text))) {
      refuse('This field may not be blank.');
    }
    if (texts.length > LANGUAGES_LIMIT) {
      refuse(`Ensure this field has no more than ${LANGUAGES_LIMIT} languages.`);
    }
    for (const [language, text] of texts.slice(0, LANGUAGES_LIMIT)) {
      const path = language === '' ? [] : [language.slice(0, 35)];
      if (typeof given !== 'string' && !isLanguageTag(language)) {
        refuse(`${quote(language)} is not a language tag such as "en" or "pt-BR".`);
      } else if (text.length > LIMIT) {
        refuse(`Ensure this field has no more than ${LIMIT} characters.`, path);
      } else if (isUnprintable(text)) {
        refuse('Control characters and broken Unicode are not allowed.', path);
      }
    }
    return given;
  });

/**
 * A multi-lingual text as the reader sees it: in their language, else in a variety of it (`de-AT`,
 * `de-informal`), else the same of English, else whichever is first. Blank texts are passed over.
 * @returns empty where all of them are blank
 */
export function localized(text: LocalizedText, locale: string): string {
  if (typeof text === 'string') {
    return text;
  }
  const filled = Object.entries(text).filter(([, words]) => !isBlank(words));
  const exactly = (tag: string) => filled.find(([key]) => key.toLowerCase() === tag);
  const varietyOf = (tag: string) =>
    filled.find(([key]) => key.toLowerCase().startsWith(`${tag}-`));
  const [, words = ''] =
    exactly(locale) ?? varietyOf(locale) ?? exactly('en') ?? varietyOf('en') ?? filled[0] ?? [];
  return words;
}

function isBlank(text: string): boolean {
  return text.trim() === '';
}
