import { isDeepStrictEqual } from 'node:util';
import { type Application, applicationState, isReviewed } from '../../applications/application.ts';
import { type ReviewState, reviewedDetailsOf } from '../../applications/review-store.ts';
import { ownValue } from '../../lib/own-value.ts';
import type { ConsoleText } from '../texts.ts';
import { type Chip, CONSOLE, type Pen, shown } from './list-view.ts';

/** Path of an application in the console; its client ID may be a URL. */
export function applicationPath(clientId: string): string {
  return `${CONSOLE}/applications/${encodeURIComponent(clientId)}`;
}

/** Returns the states of an application. */
export function applicationChips(application: Application, { t }: Pen): Chip[] {
  const state = applicationState(application);
  const reviewed = isReviewed(application);
  return [
    { text: t(`console.state.${state}`), kind: state },
    {
      text: t(reviewed ? 'console.reviewed' : 'console.not_reviewed'),
      kind: reviewed ? 'reviewed' : '',
    },
  ];
}

/** Returns the hosts, or schemes, of redirect URIs, each once. */
export function redirectHosts({ redirectUris }: Pick<Application, 'redirectUris'>): string[] {
  const hosts = redirectUris.map((uri) => URL.parse(uri)?.host || uri.split(':')[0] || uri);
  return [...new Set(hosts)].map(shown);
}

/** A field that differs from what was reviewed. */
export interface Change {
  readonly field: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

const FIELDS: Readonly<Record<keyof ReturnType<typeof reviewedDetailsOf>, ConsoleText>> = {
  name: 'console.field.name',
  description: 'console.field.description',
  homepageUrl: 'console.field.homepage',
  privacyPolicyUrl: 'console.field.privacy',
  termsUrl: 'console.field.terms',
  redirectUris: 'console.field.redirect_uris',
  scopes: 'console.field.scopes',
  requirePkce: 'console.field.require_pkce',
  ownerId: 'console.field.owner',
};

/** Returns what has changed since the last review; nothing if there was none. */
export function changesSinceReview(
  application: Application,
  { reviewedDetails }: ReviewState,
  { t }: Pen,
): Change[] {
  if (reviewedDetails === null) {
    return [];
  }
  return Object.entries(reviewedDetailsOf(application)).flatMap(([field, after]) => {
    const before = ownValue(reviewedDetails, field);
    const label = ownValue(FIELDS, field);
    return label === undefined || isDeepStrictEqual(before ?? null, after)
      ? []
      : [{ field: t(label), before: linesOf(before), after: linesOf(after) }];
  });
}

function linesOf(value: unknown): string[] {
  const values: unknown[] = Array.isArray(value) ? value : [value ?? ''];
  const lines = values.map((one) => shown(String(one)));
  return lines.length === 0 ? ['…'] : lines;
}
