import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type en from '../../views/en.json';
import type { Locale } from '../lib/locale.ts';
import { ownValue } from '../lib/own-value.ts';

/** A text, or one for each plural form of its `{count}`. */
export type Message = string | { readonly one: string; readonly other: string };

/** Texts by key, in one language. */
export type Catalogue = ReadonlyMap<string, Message>;

/** Keys of the texts that all pages share, from `views/en.json`. */
export type SharedText = keyof typeof en;

/** Values for the `{name}` placeholders of a message. `{count}` also selects the plural form. */
export type MessageParams = Readonly<Record<string, string | number>>;

/** Returns the text of a key, with its placeholders filled in. */
export type Translate<Key extends string = string> = (key: Key, params?: MessageParams) => string;

const VIEWS = join(import.meta.dirname, '../../views');

/**
 * All texts of the pages and mails: `views/*.json` and those of each capability in
 * `views/<capability>/`. No HTML in them.
 */
export const CATALOGUES: Readonly<Record<Locale, Catalogue>> = {
  en: readCatalogue('en'),
  de: readCatalogue('de'),
};

/** Created once, because a new one costs more than a short page. */
const PLURALS: Readonly<Record<Locale, Intl.PluralRules>> = {
  en: new Intl.PluralRules('en'),
  de: new Intl.PluralRules('de'),
};

/**
 * Returns the texts of one language. The type argument names the keys that the caller may use,
 * those of its capability: `translator<AccountText>(locale)`; without it, those of `views/en.json`.
 * @param always values for placeholders of all texts: `platformWords` for pages and mails
 * @throws Error for an unknown key
 */
export function translator<Key extends string = SharedText>(
  locale: Locale,
  always: MessageParams = {},
): Translate<Key> {
  const catalogue = CATALOGUES[locale];
  const plurals = PLURALS[locale];
  return (key, params = {}) => {
    const message = catalogue.get(key);
    if (message === undefined) {
      throw new Error(`There is no text "${key}" in ${locale}.json.`);
    }
    const text =
      typeof message === 'string'
        ? message
        : message[plurals.select(Number(params.count ?? 0)) === 'one' ? 'one' : 'other'];
    return text.includes('{') ? fill(text, params, always) : text;
  };
}

/** Fills in the placeholders that have a value. */
function fill(text: string, params: MessageParams, always: MessageParams): string {
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) =>
    String(ownValue(params, name) ?? ownValue(always, name) ?? placeholder),
  );
}

/** @throws Error if two catalogues have the same key */
function readCatalogue(locale: Locale): Catalogue {
  const catalogue = new Map<string, Message>();
  for (const file of readdirSync(VIEWS, { recursive: true, encoding: 'utf8' })) {
    if (file === `${locale}.json` || file.endsWith(`/${locale}.json`)) {
      const texts: Record<string, Message> = JSON.parse(readFileSync(join(VIEWS, file), 'utf8'));
      for (const [key, text] of Object.entries(texts)) {
        if (catalogue.has(key)) {
          throw new Error(`The text "${key}" is in two catalogues.`);
        }
        catalogue.set(key, text);
      }
    }
  }
  return catalogue;
}
