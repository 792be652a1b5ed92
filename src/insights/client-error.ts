import { ownValue } from '../lib/own-value.ts';
import type { Reason } from './reason.ts';
import type { Difference } from './redirect-uri-difference.ts';
import { isDifference } from './redirect-uri-difference.ts';

/** Endpoint of a failed request, for the filter. */
export const ENDPOINTS = ['authorize', 'token', 'revoke_token', 'par'] as const;

export type Endpoint = (typeof ENDPOINTS)[number];

/**
 * Parameters of the reason's text: names, lengths, a redirect URI without the values in its query.
 * Never a code, token, secret or verifier.
 */
export type Details = Readonly<Record<string, string | readonly string[]>>;

/** A failed request of an application. */
export interface NewClientError {
  readonly clientId: string;
  readonly happenedAt: Date;
  readonly endpoint: Endpoint;
  /** If it was to refresh tokens. */
  readonly isRefresh: boolean;
  /** The `error` that was answered. */
  readonly error: string;
  readonly reason: Reason;
  readonly details: Details;
  /** As on the error page and in the header of the response. */
  readonly requestId?: string | undefined;
}

/** A failed request, as it was kept. */
export interface ClientError extends Omit<NewClientError, 'clientId' | 'isRefresh'> {
  readonly id: string;
}

/** Days for which failed requests are kept. */
export const ERROR_DAYS = 7;
/** Failed requests of one application that are kept at most; the oldest go first. */
export const ERRORS_PER_CLIENT = 10_000;

/** Characters of one detail. */
const DETAIL_LIMIT = 500;

/**
 * Returns `value` in a form that can be stored: shortened, without NUL, which PostgreSQL refuses.
 */
export function asDetail(value: string): string {
  const clean = value.toWellFormed().replace(/\p{Cc}/gu, '\u{fffd}');
  return clean.length > DETAIL_LIMIT ? `${clean.slice(0, DETAIL_LIMIT).toWellFormed()}…` : clean;
}

/** A detail that is one text, or an empty one. */
export function textOf(details: Details, name: string): string {
  const value = ownValue(details, name);
  return typeof value === 'string' ? value : (value?.join(', ') ?? '');
}

/** In which components the redirect URI differs, where that is what was wrong. */
export function differencesOf(details: Details): Difference[] {
  const value = details.differences;
  return (typeof value === 'string' ? [] : (value ?? [])).filter(isDifference);
}

/** Returns the values of the text about a reason. */
export function reasonParams(details: Details): Record<string, string> {
  return Object.fromEntries(
    Object.keys(details).map((name) => [name, textOf(details, name) || '–']),
  );
}
