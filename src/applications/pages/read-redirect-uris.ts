import type { Translate } from '../../http/translate.ts';
import type { ClientType } from '../application.ts';
import { checkRedirectUri, REDIRECT_URI_LIMIT } from '../redirect-uri.ts';
import type { ApplicationText } from '../texts.ts';

/** A redirect URI of the form. */
export interface RedirectUriRow {
  /** Empty: a free row. */
  readonly value: string;
  /** Sentence about what is wrong; undefined if it is accepted or empty. */
  readonly problem: string | undefined;
}

/** Rows of the form at least, for browsers without script. */
const LEAST_ROWS = 2;
/** Rows of the form at most: more are not accepted anyway. */
const MOST_ROWS = 5 * REDIRECT_URI_LIMIT;

/** Returns the rows of the form for redirect URIs in lines, with a free one at the end. */
export function presentRedirectUris(
  t: Translate<ApplicationText>,
  text: string,
  clientType: ClientType,
  customSchemes: readonly string[],
): RedirectUriRow[] {
  const lines = linesOf(text.trimEnd());
  const kept = lines.length > MOST_ROWS ? lines.filter(Boolean).slice(0, MOST_ROWS) : lines;
  const filled = kept.length === 1 && kept[0] === '' ? [] : kept;
  const free = Math.max(1, LEAST_ROWS - filled.length);
  return [
    ...judge(t, filled, clientType, customSchemes),
    ...Array.from({ length: free }, () => ({ value: '', problem: undefined })),
  ];
}

/**
 * Reads redirect URIs: one per line, empty lines are ignored.
 * @returns also a sentence about each problem, with its line
 */
export function readRedirectUris(
  t: Translate<ApplicationText>,
  text: string,
  clientType: ClientType,
  customSchemes: readonly string[] = [],
): { readonly redirectUris: string[]; readonly errors: string[] } {
  const lines = linesOf(text);
  const redirectUris = lines.filter(Boolean);
  const given = redirectUris.length;
  if (given === 0) {
    return { redirectUris, errors: [t('applications.error.redirect_uris.none')] };
  }
  if (given > REDIRECT_URI_LIMIT) {
    const params = { limit: REDIRECT_URI_LIMIT, given };
    return { redirectUris, errors: [t('applications.error.redirect_uris.many', params)] };
  }
  const errors = judge(t, lines, clientType, customSchemes).flatMap(({ problem }, index) => {
    if (problem === undefined) {
      return [];
    }
    const line = index + 1;
    return given === 1
      ? [problem]
      : [t('applications.error.redirect_uris.line', { line, problem })];
  });
  return { redirectUris, errors };
}

function linesOf(text: string): string[] {
  return text.split(/\r\n|\r|\n/).map((line) => line.trim());
}

function judge(
  t: Translate<ApplicationText>,
  lines: readonly string[],
  clientType: ClientType,
  customSchemes: readonly string[],
): RedirectUriRow[] {
  return lines.map((value, index) => {
    const first = lines.indexOf(value);
    if (value !== '' && first < index) {
      return { value, problem: t('applications.error.redirect_uris.twice', { first: first + 1 }) };
    }
    const broken = value === '' ? undefined : checkRedirectUri(value, clientType, customSchemes);
    return { value, problem: broken && t(`redirect_uri.${broken.code}`, broken.params) };
  });
}
