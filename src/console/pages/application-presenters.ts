import { isDeepStrictEqual } from 'node:util';
import { type Application, applicationState, isReviewed } from '../../applications/application.ts';
import { type ReviewSettings, reviewNeed } from '../../applications/review-need.ts';
import { type ReviewState, reviewedDetailsOf } from '../../applications/review-store.ts';
import { ownValue } from '../../lib/own-value.ts';
import type { ConsoleText } from '../texts.ts';
import { type Chip, CONSOLE, type Pen, shown } from './list-view.ts';

/** Path of an application in the console; its client ID may be a URL. */
export function applicationPath(clientId: string): string {
  return `${CONSOLE}/applications/${encodeURIComponent(clientId)}`;
}

const STATE_KINDS = { active: 'good', disabled: 'warning', suspended: 'stopped' } as const;

/** Returns the states of an application. */
export function applicationChips(application: Application, { t }: Pen): Chip[] {
  const state = applicationState(application);
  const reviewed = isReviewed(application);
  return [
    { text: t(`console.state.${state}`), kind: STATE_KINDS[state] },
    {
      text: t(reviewed ? 'console.reviewed' : 'console.not_reviewed'),
      kind: reviewed ? 'good' : '',
    },
  ];
}

export function ownerOf({ ownerName, ownerId }: Application, { t }: Pen): string {
  return shown(ownerName ?? ownerId ?? t('console.no_owner'));
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
  /** The logo: pictures instead of lines. */
  readonly isLogo?: true;
}

/** Result of the comparison with the last review. */
export interface Comparison {
  readonly changes: readonly Change[];
  /** A sentence, if there is no change to show: the first review, or nothing that was recorded. */
  readonly summary: string | undefined;
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
  clientType: 'console.field.client_type',
  fingerprint: 'console.field.fingerprint',
  logo: 'console.field.logo',
};

/** Compares an application with what its last review was about. */
export function compareWithReview(
  application: Application,
  { reviewedDetails, lastReviewedAt }: ReviewState,
  { t }: Pen,
): Comparison {
  if (lastReviewedAt === null) {
    return { changes: [], summary: t('console.changes.first') };
  }
  // There were no logos when reviews did not record them.
  const recorded = { logo: null, ...reviewedDetails };
  const changes: Change[] = [];
  const unrecorded: string[] = [];
  for (const [field, after] of Object.entries(reviewedDetailsOf(application))) {
    const before = ownValue(recorded, field);
    const label = ownValue(FIELDS, field);
    if (label !== undefined && before === undefined && after !== null) {
      unrecorded.push(t(label));
    } else if (label !== undefined && before !== undefined && !isDeepStrictEqual(before, after)) {
      changes.push({
        field: t(label),
        ...(field === 'logo'
          ? { before: [], after: [], isLogo: true }
          : { before: linesOf(before, t), after: linesOf(after, t) }),
      });
    }
  }
  if (changes.length > 0 || isReviewed(application)) {
    return { changes, summary: undefined };
  }
  const summary =
    unrecorded.length > 0
      ? t('console.changes.unrecorded', { fields: unrecorded.join(', ') })
      : t('console.changes.back');
  return { changes, summary };
}

/** Returns what an operator should know before the approval of an application. */
export function reviewWarnings(
  config: ReviewSettings,
  application: Application,
  { t }: Pen,
): string[] {
  if (isReviewed(application)) {
    return [];
  }
  const need = reviewNeed(config, application);
  const scheme = application.schemeSharedWith;
  const keys: ConsoleText[] = [
    ...(need === undefined ? [] : [`console.need.${need}` as const]),
    ...(scheme === 'reviewed' ? ['console.need.scheme_of_reviewed' as const] : []),
    ...(scheme === 'unreviewed' ? ['console.need.scheme_of_unreviewed' as const] : []),
  ];
  return [...new Set(keys)].map((key) => t(key));
}

function linesOf(value: unknown, t: Pen['t']): string[] {
  if (typeof value === 'boolean') {
    return [t(value ? 'console.yes' : 'console.no')];
  }
  const values: unknown[] = Array.isArray(value) ? value : [value ?? ''];
  const lines = values.map((one) => shown(String(one)));
  return lines.length === 0 ? ['…'] : lines;
}
