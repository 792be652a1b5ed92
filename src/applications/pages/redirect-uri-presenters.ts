import { CATALOGUES, type Translate } from '../../http/translate.ts';
import type { ClientType } from '../application.ts';
import { checkRedirectUri } from '../redirect-uri.ts';
import type { ApplicationText } from '../texts.ts';

/** Redirect URIs of one application; `checkRedirectUris` holds it. */
const COUNT_LIMIT = 20;
const PREFIX = 'redirect_uri.';

/** The sentences of redirect-uri.ts, as patterns, longest first: some begin alike. */
const SENTENCES = [...CATALOGUES.en]
  .flatMap(([key, text]) =>
    isSentence(key) && typeof text === 'string' ? [{ key, text, pattern: patternOf(text) }] : [],
  )
  .sort((a, b) => b.text.length - a.text.length);

/** The redirect URIs of a text area: one a line, empty lines left out. */
export function redirectUrisOf(text: string): string[] {
  return numbered(text).map(({ uri }) => uri);
}

/** What is wrong with them, each with its line, in the reader's language. */
export function redirectUriErrors(
  t: Translate<ApplicationText>,
  text: string,
  clientType: ClientType,
): string[] {
  const lines = numbered(text);
  if (lines.length === 0) {
    return [t('applications.error.redirect_uris.none')];
  }
  if (lines.length > COUNT_LIMIT) {
    const params = { limit: COUNT_LIMIT, given: lines.length };
    return [t('applications.error.redirect_uris.many', params)];
  }
  const single = lines.length === 1;
  return lines.flatMap(({ uri, line }) => {
    const first = lines.find((one) => one.uri === uri)?.line ?? line;
    if (first !== line) {
      return [t('applications.error.redirect_uris.twice', { line, first })];
    }
    const problem = checkRedirectUri(uri, clientType);
    if (problem === undefined) {
      return [];
    }
    const told = inWords(t, problem);
    return [single ? told : t('applications.error.redirect_uris.line', { line, problem: told })];
  });
}

/**
 * A sentence of redirect-uri.ts in the reader's language. The management API speaks English, so
 * the rules do; the catalogue has each of their sentences as it is, and the test of this file
 * fails where one is missing.
 */
export function inWords(t: Translate<ApplicationText>, sentence: string): string {
  for (const { key, pattern } of SENTENCES) {
    const match = pattern.exec(sentence);
    if (match !== null) {
      return t(key, match.groups ?? {});
    }
  }
  return sentence;
}

/** Lines are counted as the text area shows them, from 1. */
function numbered(text: string): { readonly uri: string; readonly line: number }[] {
  return text
    .split(/\r\n|\r|\n/)
    .map((uri, index) => ({ uri: uri.trim(), line: index + 1 }))
    .filter(({ uri }) => uri !== '');
}

type SentenceKey = Extract<ApplicationText, `redirect_uri.${string}`>;

function isSentence(key: string): key is SentenceKey {
  return key.startsWith(PREFIX);
}

function patternOf(text: string): RegExp {
  const source = text
    .split(/(\{\w+\})/)
    .map((part) => (/^\{\w+\}$/.test(part) ? `(?<${part.slice(1, -1)}>.+?)` : escaped(part)))
    .join('');
  return new RegExp(`^${source}$`, 'us');
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
