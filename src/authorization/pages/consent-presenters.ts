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
import { type ChoiceErrors, digestOfApis, digestOfEarlier } from '../check-choice.ts';
import { type Choice, ENDS, PREVIOUS } from '../choice.ts';
import type { ConsentDescription } from '../describe.ts';
import { whatWasAllowed } from '../earlier.ts';
import { canEdit, hasPermissions } from '../organizers.ts';
import { permissionWords } from './permission-words.ts';

/** Errors of the consent page by field. */
export interface ConsentErrors extends ChoiceErrors {
  readonly password?: 'wrong' | 'throttled' | 'busy' | undefined;
}

/** State of the page beside the request. */
interface PageState {
  readonly locale: Locale;
  readonly config: Pick<Config, 'permissionTexts'>;
  readonly action: string;
  /** Link of "Not you?". */
  readonly switchAccount: string;
  readonly choice: Choice | undefined;
  /** The sign-in is too old: the password is asked for on this page. */
  readonly askPassword: boolean;
  /** The sign-in is too old: the user confirms it at this host first, and comes back to this page. */
  readonly confirmAt: string | undefined;
  readonly errors: ConsentErrors;
}

/**
 * Consent page. Posts `organizers`, `scopes` (repeated), `ends`, `previous` and `earlier` if there are
 * earlier grants, `apis`, `password` if asked for, `decision`.
 */
export type ConsentProps = ReturnType<typeof presentConsent>;

/**
 * Presents a request. Without a choice, every scope is selected, and those organizers that the same
 * application was allowed before.
 */
export function presentConsent(request: ConsentDescription, page: PageState) {
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
      /** The picture, for `<img src>`. */
      monogram: reviewedPictureUrl({ ...application, name }),
      owner: visibleLine(application.ownerName ?? '') || null,
      /** Host of its metadata document: the part of its details that is proven. */
      documentHost: proofHost(application.clientId),
      /** This request returns to the user's own device, where any program can receive it. */
      isLocal: request.isLocal,
      /** In the developer's words; may be empty. */
      description: visibleLine(application.description),
      homepageUrl: application.homepageUrl,
      redirectHost: request.redirectHost,
      /** The redirect leads to the user's own computer. */
      returnsToComputer: request.returnsToComputer,
      /** Another live application receives at the same private-use scheme. */
      schemeIsShared: request.schemeIsShared,
      reviewed: isReviewed(application),
      /** It registered itself, and chose its own name. */
      selfRegistered: application.kind === 'dynamic',
      privacyPolicyUrl: application.privacyPolicyUrl,
      termsUrl: application.termsUrl,
    },
    user: { fullName: user.fullName, email: user.email },
    switchAccount: page.switchAccount,
    /** Last live grant of the same application, if one exists. */
    earlier: lastGrant && {
      grantedAt: lastGrant.createdAt,
      /** The request has a scope that this grant has not. */
      asksForMore: scopes.some(({ name }) => isNew(name)),
      /** That grant is for other API services. */
      otherApis: isForOthers(lastGrant.resources, request.resources),
      /** The application had other redirect hosts or keys then. */
      otherTrust: lastGrant.fingerprint !== application.fingerprint,
    },
    scopes: scopes.map((scope) => ({
      name: scope.name,
      kind: scopeKind(scope),
      words: scopeWords(scope, locale),
      /** Not part of the last grant. False if there is none. */
      isNew: isNew(scope.name),
      /** The application could do nothing with it for this user, so it can't be allowed. */
      isEmpty: emptyScopes.has(scope.name),
      /** An earlier grant has it. */
      had: before.scopes.has(scope.name),
      checked:
        !emptyScopes.has(scope.name) &&
        (choice === undefined || choice.scopes.includes(scope.name)),
    })),
    /** The application asks to change data. */
    edits: scopes.some(({ writes }) => writes),
    /** Names of the API services that the access is limited to; empty: it is not. */
    apis: namesOf(request.resources),
    /** Hidden field, by which a decision names the API services that the page has shown. */
    apisDigest: digestOfApis(request.resources),
    /** Null if no requested scope concerns organizers: then none are shown. */
    organizers:
      organizers?.map((organizer) => ({
        slug: organizer.slug,
        name: localized(organizer.name, locale),
        /** Part of the last grant. */
        earlier: earlier.has(organizer.slug),
        /** An earlier grant has it. */
        had: before.organizers.has(organizer.slug),
        checked: ticked.has(organizer.slug),
        /** The user's permissions there, and those for some of the events: parts of a sentence. */
        permissions: words(organizer.permissions),
        eventPermissions: words(organizer.eventPermissions),
        canEdit: canEdit(organizer),
      })) ?? null,
    /** The user has permissions, so that a lack of them at an organizer means something. */
    hasPermissions: organizers?.some(hasPermissions) ?? false,
    ends: (request.isTrial ? [] : ENDS).map((value) => ({
      value,
      checked: value === (choice?.ends ?? ENDS[0]),
      /** An earlier grant ends later. */
      isLess: before.endsLater(value),
    })),
    /**
     * Question about earlier grants that allow more; undefined if there are none to compare with. If
     * it is certain, whatever the user selects is less.
     */
    previous:
      before.grants === 0 || request.isTrial
        ? undefined
        : { value: choice?.previous ?? PREVIOUS[0], isCertain: before.isCertain },
    /** Hidden field, by which a decision names the earlier grants that the page has known. */
    earlierDigest: digestOfEarlier(request),
    /** The owner of the application tries it out. */
    isTrial: request.isTrial,
    organizerLimit: ORGANIZERS_PER_GRANT,
    /** Nothing of the request can be allowed: the page explains that, and only offers Deny. */
    denyOnly: scopes.every(({ name }) => emptyScopes.has(name)),
    askPassword: page.askPassword,
    confirmAt: page.confirmAt,
    errors: page.errors,
    /** IANA name; an unknown one is shown as UTC. */
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
