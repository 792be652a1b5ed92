import { ownValue } from '../lib/own-value.ts';
import type { Locale } from './locale.ts';
import { de } from './messages/de.ts';
import { en, type MessageKey } from './messages/en.ts';

/** What stands for `{name}` in a message. `{count}` also picks the plural form. */
export type MessageParams = Readonly<Record<string, string | number>>;

/** Looks a message up and fills it in. */
export type Translate = (key: MessageKey, params?: MessageParams) => string;

const CATALOGUES = { en, de } as const;

/** The messages of one language. */
export function translator(locale: Locale): Translate {
  const catalogue = CATALOGUES[locale];
  const plurals = new Intl.PluralRules(locale);
  return (key, params = {}) => {
    const message = catalogue[key];
    const text =
      typeof message === 'string'
        ? message
        : message[plurals.select(Number(params.count ?? 0)) === 'one' ? 'one' : 'other'];
    return text.replace(/\{(\w+)\}/g, (placeholder, name: string) =>
      String(ownValue(params, name) ?? placeholder),
    );
  };
}
