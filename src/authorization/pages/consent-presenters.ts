import { isReviewed } from '../../applications/application.ts';
import { monogramUrl } from '../../applications/monogram.ts';
import { ORGANIZERS_PER_GRANT } from '../../grants/grant.ts';
import { proofHost } from '../../lib/client-id.ts';
import type { Locale } from '../../lib/locale.ts';
import { localized } from '../../lib/localized-text.ts';
import { visibleLine } from '../../lib/visible-text.ts';
import { type Choice, type ChoiceErrors, digestOfApis, namesOf } from '../approve.ts';
import type { ConsentDescription } from '../describe.ts';

/** Errors of the consent page by field. */
export interface ConsentErrors extends ChoiceErrors {
  readonly password?: 'wrong' | 'throttled' | 'busy' | undefined;
}

/** Consent page. Posts `organizers`, `scopes` (repeated), `apis`, `password` if asked for, `decision`. */
export interface ConsentProps {
  readonly action: string;
  readonly application: {
    readonly name: string;
    /** The picture, for `<img src>`. */
    readonly monogram: string;
    readonly owner: string | null;
    /** Host of its metadata document: the part of its details that is proven. */
    readonly documentHost: string | null;
    /** This request returns to the user's own device, where any program can receive it. */
    readonly isLocal: boolean;
    readonly homepageUrl: string | null;
    readonly redirectHost: string;
    /** The redirect leads to the user's own computer. */
    readonly returnsToComputer: boolean;
    /** Another live application receives at the same private-use scheme. */
    readonly schemeIsShared: boolean;
    readonly reviewed: boolean;
    /** It registered itself, and chose its own name. */
    readonly selfRegistered: boolean;
    readonly privacyPolicyUrl: string | null;
    readonly termsUrl: string | null;
  };
  readonly user: { readonly fullName: string; readonly email: string };
  /** Link of "Not you?". */
  readonly switchAccount: string;
  /** Last live grant of the same application, if one exists. */
  readonly earlier?:
    | {
        readonly grantedAt: Date;
        /** The request has a scope that this grant has not. */
        readonly asksForMore: boolean;
        /** That grant is for other API services. */
        readonly otherApis: boolean;
        /** The application had other redirect hosts or keys then. */
        readonly otherTrust: boolean;
      }
    | undefined;
  readonly scopes: readonly {
    readonly name: string;
    readonly text: string;
    readonly checked: boolean;
    /** Not part of the last grant. False if there is none. */
    readonly isNew: boolean;
  }[];
  /** Names of the API services that the access is limited to; empty: it is not. */
  readonly apis: readonly string[];
  /** Hidden field, by which a decision names the API services that the page has shown. */
  readonly apisDigest: string;
  /** Null if no requested scope concerns organizers: then none are shown. */
  readonly organizers:
    | readonly {
        readonly slug: string;
        readonly name: string;
        readonly checked: boolean;
        /** Part of the last grant. */
        readonly earlier: boolean;
      }[]
    | null;
  /** Maximum number of organizers in one grant. */
  readonly organizerLimit: number;
  /** The user has none, but the request needs one: the page explains that, and only offers Deny. */
  readonly noOrganizers: boolean;
  /** The sign-in is too old: the password is asked for on this page. */
  readonly askPassword: boolean;
  /** The sign-in is too old: the user confirms it at this host first, and comes back to this page. */
  readonly confirmAt?: string | undefined;
  readonly errors: ConsentErrors;
  /** IANA name; an unknown one is shown as UTC. */
  readonly timezone: string;
}

/**
 * Presents a request. Without a choice, every scope is selected, and those organizers that the same
 * application was allowed before.
 */
export function presentConsent(
  request: ConsentDescription,
  page: {
    readonly locale: Locale;
    readonly action: string;
    readonly switchAccount: string;
    readonly choice: Choice | undefined;
    readonly askPassword: boolean;
    readonly confirmAt: string | undefined;
    readonly errors: ConsentErrors;
  },
): ConsentProps {
  const { application, user, scopes, organizers, lastGrant } = request;
  const { locale, choice } = page;
  const isNew = (scope: string) => lastGrant !== undefined && !lastGrant.scopes.includes(scope);
  const earlier = new Set(lastGrant?.organizers);
  const ticked = new Set(choice?.organizers ?? preselection(request));
  // The name may be older than the rule against invisible characters.
  const name = visibleLine(application.name) || application.clientId;
  return {
    action: page.action,
    application: {
      name,
      monogram: monogramUrl(name),
      owner: visibleLine(application.ownerName ?? '') || null,
      documentHost: proofHost(application.clientId),
      isLocal: request.isLocal,
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
    scopes: scopes.map(({ name, text }) => ({
      name,
      text: localized(text, locale),
      isNew: isNew(name),
      checked: choice === undefined || choice.scopes.includes(name),
    })),
    apis: namesOf(request.resources),
    apisDigest: digestOfApis(request.resources),
    organizers:
      organizers?.map(({ slug, name }) => ({
        slug,
        name: localized(name, locale),
        earlier: earlier.has(slug),
        checked: ticked.has(slug),
      })) ?? null,
    organizerLimit: ORGANIZERS_PER_GRANT,
    noOrganizers: organizers?.length === 0,
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
function preselection({ organizers = [], lastGrant }: ConsentDescription): readonly string[] {
  if (lastGrant !== undefined) {
    const today = new Set(organizers.map(({ slug }) => slug));
    return lastGrant.organizers.filter((slug) => today.has(slug)).slice(0, ORGANIZERS_PER_GRANT);
  }
  // A single organizer leaves nothing to choose.
  return organizers.length === 1 ? organizers.map(({ slug }) => slug) : [];
}
