import type { InsightsViews } from '../insights/views.ts';

/** What each view is given: finished output of presenters, never rows. Keys are file names in `views/`. */
export interface ViewProps extends InsightsViews {
  'sign-in/login': LoginProps;
  'authorization/consent': ConsentProps;
  'authorization/interaction_over': InteractionOverProps;
  'sign-in/logout': { readonly action: string; readonly email: string };
  /** `elsewhere`: a session that has not ended with the one here. */
  'sign-in/signed_out': {
    readonly elsewhere?: { readonly host: string; readonly href: string } | undefined;
  };
  'sign-in/sign_in_again': { readonly host: string; readonly href: string };
  error: ErrorProps;
}

/** The name of a page. */
export type ViewName = keyof ViewProps;

/** Posts `email`, `password`, `return_to`. */
export interface LoginProps {
  readonly action: string;
  /** What to fill in, or an empty string. */
  readonly email: string;
  /** `recent`: signed in, but too long ago for what comes next. */
  readonly reason: 'first' | 'recent' | 'switch';
  /** The application that sent the user here, if one did. */
  readonly application?: { readonly name: string } | undefined;
  readonly returnTo?: string | undefined;
  readonly error?: 'credentials' | 'throttled' | 'busy' | undefined;
  /** With `throttled`. */
  readonly retryMinutes?: number | undefined;
  /** With `busy`. */
  readonly retrySeconds?: number | undefined;
}

/** Posts `organizers` and `scopes` (repeated), `password` where asked for, `decision`. */
export interface ConsentProps {
  readonly action: string;
  readonly application: {
    readonly name: string;
    /** The picture, for `<img src>`. */
    readonly monogram: string;
    readonly owner: string | null;
    readonly homepageUrl: string | null;
    readonly redirectHost: string;
    /** Another live application receives at the same private-use scheme. */
    readonly schemeIsShared: boolean;
    readonly reviewed: boolean;
    readonly privacyPolicyUrl: string | null;
    readonly termsUrl: string | null;
  };
  readonly user: { readonly fullName: string; readonly email: string };
  /** Where "Not you?" leads. */
  readonly switchAccount: string;
  /** The last live grant of the same application, if there is one. */
  readonly earlier?:
    | {
        readonly grantedAt: Date;
        /** Whether a scope is asked for that it has not. */
        readonly asksForMore: boolean;
      }
    | undefined;
  readonly scopes: readonly {
    readonly name: string;
    readonly text: string;
    readonly checked: boolean;
    /** Against the last grant; where there is none, nothing is. */
    readonly isNew: boolean;
  }[];
  /** Null where no requested scope opens organizers: then none are shown. */
  readonly organizers:
    | readonly {
        readonly slug: string;
        readonly name: string;
        readonly checked: boolean;
        /** Part of the last grant. */
        readonly earlier: boolean;
      }[]
    | null;
  /** How many of them can be allowed at once. */
  readonly organizerLimit: number;
  /** The user has none, though the request needs one: explained, and only Deny is offered. */
  readonly noOrganizers: boolean;
  /** The sign-in is too old: the password is asked for on this page. */
  readonly askPassword: boolean;
  /** The sign-in is too old: it is confirmed at this host first, and then this page comes again. */
  readonly confirmAt?: string | undefined;
  readonly errors: {
    readonly organizers?: 'required' | 'foreign' | 'too_many' | undefined;
    readonly scopes?: 'required' | 'foreign' | undefined;
    readonly password?: 'wrong' | 'throttled' | 'busy' | undefined;
  };
  /** IANA name; an unknown one is shown as UTC. */
  readonly timezone: string;
}

/** Why a consent page can't be answered (any more). */
export interface InteractionOverProps {
  readonly reason:
    | 'expired'
    | 'answered'
    | 'other_user'
    | 'signed_out'
    | 'replayed'
    | 'application_deleted'
    | 'application_suspended'
    | 'application_disabled'
    | 'awaits_review'
    | 'redirect_uri_removed'
    | 'scope_removed'
    | 'pkce_required';
  readonly application?: { readonly name: string; readonly homepageUrl: string | null } | undefined;
  /** The path that starts the same request over. */
  readonly restartAt?: string | undefined;
}

/** What happened, what to do next, and a line for developers where there is one. */
export interface ErrorProps {
  readonly title: string;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly developer?: string | undefined;
  /** Fields of a form that was refused, so that nobody types them twice. */
  readonly entered?: readonly { readonly name: string; readonly value: string }[];
  /** Ways on, beside the authorizations and the front page, which every such page offers. */
  readonly links: readonly { readonly href: string; readonly label: string }[];
}
