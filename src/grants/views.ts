/** What each view of the authorizations pages is given. Keys are file names in `views/`. */
export interface AuthorizationsViews {
  'grants/list': AuthorizationsProps;
  'grants/change': ChangeProps;
  'grants/revoke': RevokeProps;
  'grants/revoke_application': RevokeApplicationProps;
  'grants/revoke_unused': RevokeUnusedProps;
}

/** How the application of a grant is recognised. */
export interface AuthorizedApplication {
  readonly name: string;
  /** The picture, for `<img src>`. */
  readonly monogram: string;
  readonly homepageUrl: string | null;
}

/** One grant: what it opens, and since and until when. */
export interface GrantProps {
  readonly id: string;
  /** Sentences. */
  readonly scopes: readonly string[];
  /** Names. */
  readonly organizers: readonly string[];
  readonly grantedAt: Date;
  readonly lastUsedAt: Date | null;
  /** The network that it was last used from, as roughly as a person needs it. */
  readonly lastUsedFrom: string | undefined;
  /** When it ends if it is not used before; undefined where the end that its user has set is sooner. */
  readonly idleEnd: Date | undefined;
  /** The end that its user has set, used or not: the last moment of a day. */
  readonly ownEnd: Date | undefined;
  /** Where it can be narrowed. */
  readonly changePath: string;
  /** The page that asks once more. */
  readonly revokePath: string;
}

/** What a page may say of what has just been done. */
export type AuthorizationsNotice =
  | 'revoked'
  /** The application has other grants of the user. */
  | 'revoked_one'
  | 'already_revoked'
  | 'revoked_application'
  | 'revoked_unused'
  | 'none_unused'
  | 'narrowed'
  | 'unchanged';

/** In which order the authorizations are shown. */
export type AuthorizationsOrder = 'name' | 'granted' | 'used';

/** The user's live grants, by application. */
export interface AuthorizationsProps {
  readonly applications: readonly {
    readonly application: AuthorizedApplication;
    readonly grants: readonly GrantProps[];
    /** The page that asks before all of them end. */
    readonly revokePath: string;
  }[];
  /** Links; empty where there is nothing to sort. */
  readonly orders: readonly {
    readonly order: AuthorizationsOrder;
    readonly href: string;
    readonly current: boolean;
  }[];
  readonly unusedPath: string;
  readonly notice?: AuthorizationsNotice | undefined;
  /** IANA name; an unknown one is shown as UTC. */
  readonly timezone: string;
}

/** What is wrong with the end that was typed. */
export type EndDateError = 'invalid' | 'past' | 'later' | 'kept';

/** Takes something away. Posts `scopes` and `organizers` (repeated): what stays; and `end_date`. */
export interface ChangeProps {
  readonly action: string;
  readonly revokePath: string;
  readonly application: AuthorizedApplication;
  readonly grantedAt: Date;
  /** How many other grants the application has of the user, which stay as they are. */
  readonly others: number;
  readonly scopes: readonly {
    readonly name: string;
    readonly text: string;
    readonly checked: boolean;
  }[];
  /** Empty where no scope of it opens organizers. */
  readonly organizers: readonly {
    readonly slug: string;
    readonly name: string;
    readonly checked: boolean;
  }[];
  /** As a date field takes it, or as it was typed; empty where there is none. */
  readonly endDate: string;
  /** The days between which it may be: today, and the end that was set before. */
  readonly earliestEnd: string;
  readonly latestEnd: string | undefined;
  readonly errors: {
    /** Something that was ticked is not part of it any more. Nothing has been changed. */
    readonly meanwhile?: boolean | undefined;
    readonly endDate?: EndDateError | undefined;
  };
  readonly timezone: string;
}

/** Asks once more before a grant ends. Posts nothing but the CSRF token. */
export interface RevokeProps {
  readonly action: string;
  readonly application: AuthorizedApplication;
  readonly grant: GrantProps;
  /** How many other grants the application has of the user, which stay as they are. */
  readonly others: number;
  /** It comes of a change that would have left nothing. */
  readonly nothingLeft: boolean;
  readonly timezone: string;
}

/** Asks once more before all grants of an application end. Posts nothing but the CSRF token. */
export interface RevokeApplicationProps {
  readonly action: string;
  readonly application: AuthorizedApplication;
  readonly grants: readonly GrantProps[];
  readonly timezone: string;
}

/**
 * Shows what was not used for so long, and asks before it ends. Posts `days`, and `grants`
 * (repeated): the ids of what was shown.
 */
export interface RevokeUnusedProps {
  readonly action: string;
  /** As it was typed. */
  readonly days: string;
  readonly error: boolean;
  /** There is more now than was shown. Nothing has ended. */
  readonly meanwhile: boolean;
  readonly choices: readonly {
    readonly days: number;
    readonly href: string;
    readonly current: boolean;
  }[];
  /** After so many days without use, access ends by itself; 0 where that is less than one. */
  readonly idleDays: number;
  readonly grants: readonly (GrantProps & { readonly application: AuthorizedApplication })[];
  readonly timezone: string;
}
