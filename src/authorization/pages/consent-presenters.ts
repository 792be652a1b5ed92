import { isReviewed } from '../../applications/application.ts';
import { reviewedPictureUrl } from '../../applications/picture.ts';
import type { Config } from '../../config/config.ts';
import { ORGANIZERS_PER_GRANT } from '../../grants/grant.ts';
import { proofHost } from '../../lib/client-id.ts';
import type { Locale } from '../../lib/locale.ts';
import { localized } from '../../lib/localized-text.ts';
import { scopeKind, scopeWords } from '../../lib/scope-words.ts';
import { visibleLine } from '../../lib/visible-text.ts';
import { namesOf } from '../approve.ts';
import { digestOfApis, digestOfEarlier } from '../check-choice.ts';
import { type Choice, PREVIOUS } from '../choice.ts';
import type { ConsentDescription } from '../describe.ts';
import { whatWasAllowed } from '../earlier.ts';
import { ENDS } from '../ends.ts';
import { canEdit, hasPermissions } from '../organizers.ts';
import type { ConsentErrors, ConsentProps } from './consent-props.ts';
import { permissionWords } from './permission-words.ts';

/**
 * Presents a request. Without a choice, every scope is selected, and those organizers that the same
 * application was allowed before.
 */
export function presentConsent(
  request: ConsentDescription,
  page: {
    readonly locale: Locale;
    readonly config: Pick<Config, 'permissionTexts'>;
    readonly action: string;
    readonly switchAccount: string;
    readonly choice: Choice | undefined;
    readonly askPassword: boolean;
    readonly confirmAt: string | undefined;
    readonly errors: ConsentErrors;
  },
): ConsentProps {
  const { application, user, scopes, organizers, emptyScopes } = request;
  const { locale, choice } = page;
  const [lastGrant] = request.earlier;
  const before = whatWasAllowed(request);
  const words = (names: readonly string[]) =>
    names.map((name) => permissionWords(page.config, name, locale));
  const isNew = (scope: string) => lastGrant !== undefined && !lastGrant.scopes.includes(scope);
  const earlier = new Set(lastGrant?.organizers);
  const ticked = new Set(choice?.organizers ?? preselection(request));
  // The name may be older than the rule against invisible characters.
  const name = visibleLine(application.name) || application.clientId;
  return {
    action: page.action,
    application: {
      name,
      monogram: reviewedPictureUrl({ ...application, name }),
      owner: visibleLine(application.ownerName ?? '') || null,
      documentHost: proofHost(application.clientId),
      isLocal: request.isLocal,
      description: visibleLine(application.description),
      homepageUrl: application.homepageUrl,
      redirectHost: request.redirectHost,
      returnsToComputer: request.returnsToComputer,
      schemeIsShared: request.schemeIsShared,
      reviewed: isReviewed(application),
      selfRegistered: application.kind === 'dynamic',
      privacyPolicyUrl: application.privacyPolicyUrl,
      termsUrl: application.termsUrl,
    },
    user: { fullName: user.fullName, email: user.email },
    switchAccount: page.switchAccount,
    earlier: lastGrant && {
      grantedAt: lastGrant.createdAt,
      asksForMore: scopes.some(({ name }) => isNew(name)),
      otherApis: isForOthers(lastGrant.resources, request.resources),
      otherTrust: lastGrant.fingerprint !== application.fingerprint,
    },
    scopes: scopes.map((scope) => ({
      name: scope.name,
      kind: scopeKind(scope),
      words: scopeWords(scope, locale),
      isNew: isNew(scope.name),
      isEmpty: emptyScopes.has(scope.name),
      had: before.scopes.has(scope.name),
      checked:
        !emptyScopes.has(scope.name) &&
        (choice === undefined || choice.scopes.includes(scope.name)),
    })),
    edits: scopes.some(({ writes }) => writes),
    apis: namesOf(request.resources),
    apisDigest: digestOfApis(request.resources),
    organizers:
      organizers?.map((organizer) => ({
        slug: organizer.slug,
        name: localized(organizer.name, locale),
        earlier: earlier.has(organizer.slug),
        had: before.organizers.has(organizer.slug),
        checked: ticked.has(organizer.slug),
        permissions: words(organizer.permissions),
        eventPermissions: words(organizer.eventPermissions),
        canEdit: canEdit(organizer),
      })) ?? null,
    hasPermissions: organizers?.some(hasPermissions) ?? false,
    ends: (request.isTrial ? [] : ENDS).map((value) => ({
      value,
      checked: value === (choice?.ends ?? ENDS[0]),
      isLess: before.endsLater(value),
    })),
    previous:
      before.grants === 0 || request.isTrial
        ? undefined
        : { value: choice?.previous ?? PREVIOUS[0], isCertain: before.isCertain },
    earlierDigest: digestOfEarlier(request),
    isTrial: request.isTrial,
    organizerLimit: ORGANIZERS_PER_GRANT,
    denyOnly: scopes.every(({ name }) => emptyScopes.has(name)),
    askPassword: page.askPassword,
    confirmAt: page.confirmAt,
    errors: page.errors,
    timezone: user.timezone,
  };
}

function isForOthers(keys: readonly string[], resources: ConsentDescription['resources']): boolean {
  const before = new Set(keys);
  return before.size !== resources.length || !resources.every(({ key }) => before.has(key));
}

/** Excludes organizers that the user has joined since the last grant: those are a new choice. */
function preselection({
  organizers = [],
  earlier: [lastGrant],
}: ConsentDescription): readonly string[] {
  if (lastGrant !== undefined) {
    const today = new Set(organizers.map(({ slug }) => slug));
    return lastGrant.organizers.filter((slug) => today.has(slug)).slice(0, ORGANIZERS_PER_GRANT);
  }
  // A single organizer leaves nothing to choose.
  return organizers.length === 1 ? organizers.map(({ slug }) => slug) : [];
}
