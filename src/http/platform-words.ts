import type { Platform } from '../config/platform.ts';
import type { Locale } from '../lib/locale.ts';
import { translator } from './translate.ts';

/**
 * Values of `{platform}` and, at the beginning of a sentence, `{Platform}`: the platform's name, or
 * "the platform" if it has none. German texts use it in the nominative and accusative only, which
 * are the same.
 */
export function platformWords({ name, isNamed }: Platform, locale: Locale) {
  const words = isNamed ? name : translator(locale)('layout.platform');
  const [first = '', ...rest] = words;
  return { platform: words, Platform: isNamed ? name : first.toUpperCase() + rest.join('') };
}
