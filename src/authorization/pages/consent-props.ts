import type { ScopeKind, ScopeWords } from '../../lib/scope-words.ts';
import type { ChoiceErrors } from '../check-choice.ts';
import type { Previous } from '../choice.ts';
import type { Ends } from '../ends.ts';

/** Errors of the consent page by field. */
export interface ConsentErrors extends ChoiceErrors {
  readonly password?: 'wrong' | 'throttled' | 'busy' | undefined;
}

/**
 * Consent page. Posts `organizers`, `scopes` (repeated), `ends`, `previous` and `earlier` if there are earlier
 * grants, `apis`, `password` if asked for, `decision`.
 */
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
    /** In the developer's words; may be empty. */
    readonly description: string;
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
    readonly kind: ScopeKind;
    readonly words: ScopeWords;
    readonly checked: boolean;
    /** Not part of the last grant. False if there is none. */
    readonly isNew: boolean;
    /** The application could do nothing with it for this user, so it can't be allowed. */
    readonly isEmpty: boolean;
    /** An earlier grant has it. */
    readonly had: boolean;
  }[];
  /** The application asks to change data. */
  readonly edits: boolean;
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
        /** An earlier grant has it. */
        readonly had: boolean;
        /** The user's permissions there, and those for some of the events: parts of a sentence. */
        readonly permissions: readonly string[];
        readonly eventPermissions: readonly string[];
        readonly canEdit: boolean;
      }[]
    | null;
  /** The user has permissions, so that a lack of them at an organizer means something. */
  readonly hasPermissions: boolean;
  /** Ends that can be set. */
  readonly ends: readonly {
    readonly value: Ends;
    readonly checked: boolean;
    /** An earlier grant ends later. */
    readonly isLess: boolean;
  }[];
  /** Question about earlier grants that allow more; undefined if there are none to compare with. */
  readonly previous?:
    | {
        readonly value: Previous;
        /** Whatever the user selects is less. */
        readonly isCertain: boolean;
      }
    | undefined;
  /** Hidden field, by which a decision names the earlier grants that the page has known. */
  readonly earlierDigest: string;
  /** The owner of the application tries it out. */
  readonly isTrial: boolean;
  /** Maximum number of organizers in one grant. */
  readonly organizerLimit: number;
  /** Nothing of the request can be allowed: the page explains that, and only offers Deny. */
  readonly denyOnly: boolean;
  /** The sign-in is too old: the password is asked for on this page. */
  readonly askPassword: boolean;
  /** The sign-in is too old: the user confirms it at this host first, and comes back to this page. */
  readonly confirmAt?: string | undefined;
  readonly errors: ConsentErrors;
  /** IANA name; an unknown one is shown as UTC. */
  readonly timezone: string;
}
