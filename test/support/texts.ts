import { readConfig } from '../../src/config/config.ts';
import { platformWords } from '../../src/http/platform-words.ts';
import {
  CATALOGUES,
  type Message,
  type MessageParams,
  translator,
} from '../../src/http/translate.ts';
import type { Locale } from '../../src/lib/locale.ts';
import { localized } from '../../src/lib/localized-text.ts';

/**
 * Returns a text of the pages and mails.
 * @throws Error for an unknown key, and for a parameter that the text does not have
 */
export function textFor(key: string, params: MessageParams = {}, locale: Locale = 'en'): string {
  checkNames(key, formsOf(key, locale), params);
  return translator<string>(locale, platformWords(readConfig({}).platform, locale))(key, params);
}

/**
 * Returns a pattern for a text of the pages and mails. It accepts any value for a parameter that is
 * not given, and each plural form if `count` is not given.
 * @throws Error for an unknown key, and for a parameter that the text does not have
 */
export function says(key: string, params: MessageParams = {}, locale: Locale = 'en'): RegExp {
  const isOpen = params.count === undefined;
  const forms = isOpen ? formsOf(key, locale) : [textFor(key, params, locale)];
  checkNames(key, formsOf(key, locale), params);
  const sources = forms.map((form) => {
    const literals = form
      .replace(/\{(\w+)\}/g, (placeholder, name: string) => String(params[name] ?? placeholder))
      .split(/\{\w+\}/);
    if (!literals.some((literal) => /\p{L}{2}/u.test(literal))) {
      throw new Error(
        `The text ${key} contains only placeholders, so its pattern matches anything.`,
      );
    }
    return literals.map(escapeLiteral).join('[^\\n]*?');
  });
  return new RegExp(sources.join('|'));
}

/** Returns the text of one of the default scopes. */
export function scopeText(name: 'read' | 'write' | 'profile', locale: Locale = 'en'): string {
  const scope = readConfig({}).scopes.find((one) => one.name === name);
  return localized(scope?.text ?? '', locale);
}

/** Builds a pattern from source, patterns and plain strings: pattern`${says('login.title')} .* \d+`. */
export function pattern(
  { raw }: TemplateStringsArray,
  ...values: readonly (RegExp | string)[]
): RegExp {
  const sources = values.map((value) =>
    typeof value === 'string' ? escapeLiteral(value) : `(?:${value.source})`,
  );
  return new RegExp(String.raw({ raw }, ...sources));
}

function formsOf(key: string, locale: Locale): string[] {
  const message: Message | undefined = CATALOGUES[locale].get(key);
  if (message === undefined) {
    throw new Error(`There is no text ${key} in ${locale}.json.`);
  }
  return typeof message === 'string' ? [message] : [message.one, message.other];
}

function checkNames(key: string, forms: readonly string[], params: MessageParams): void {
  const unknown = Object.keys(params).find(
    (name) => !forms.some((form) => form.includes(`{${name}}`)),
  );
  if (unknown !== undefined) {
    throw new Error(`The text ${key} has no placeholder {${unknown}}.`);
  }
}

function escapeLiteral(literal: string): string {
  return literal.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
