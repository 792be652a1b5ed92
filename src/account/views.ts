/** What each view of the user's own account pages is given. Keys are file names in `views/`. */
export interface AccountViews {
  'account/profile': ProfileProps;
  'account/password': PasswordProps;
  'account/sessions': SessionsProps;
  'account/sessions_end': SessionsEndProps;
}

/** Posts `language` and `timezone`. */
export interface ProfileProps {
  readonly action: string;
  readonly fullName: string;
  readonly email: string;
  readonly languages: readonly ChoiceProps[];
  /** The first of all, above the areas. */
  readonly platformZone: ChoiceProps;
  readonly areas: readonly { readonly name: string; readonly zones: readonly ChoiceProps[] }[];
  /** In which the user reads times. */
  readonly timezone: string;
  readonly now: Date;
  readonly errors: { readonly language?: string; readonly timezone?: string };
  readonly saved: boolean;
}

/** One of several that can be chosen. */
export interface ChoiceProps {
  readonly value: string;
  readonly name: string;
  readonly selected: boolean;
}

/** Posts `current_password`, `new_password` and `new_password_again`. */
export interface PasswordProps {
  readonly action: string;
  readonly email: string;
  /** Why there is no form: the password is none of this server's, or there is none. */
  readonly without: { readonly host: string } | 'none' | undefined;
  /** Characters. */
  readonly minimum: number;
  readonly errors: {
    readonly current_password?: string;
    readonly new_password?: string;
    readonly new_password_again?: string;
  };
  /** It has been changed, and so many other browsers were signed out. */
  readonly changed: { readonly others: number } | undefined;
}

/** One browser in which the user is signed in. */
export interface SessionProps {
  readonly device: string;
  readonly current: boolean;
  readonly signedInAt: Date;
  readonly lastSeenAt: Date;
  /** Its network, as roughly as a person needs it. */
  readonly address: string | undefined;
  /** At the platform's own login. */
  readonly upstream: boolean;
  /** The page that asks once more. */
  readonly endPath: string;
}

/** What a page may say of what has just been done. */
export type SessionsNotice = 'ended' | 'ended_others' | 'already_ended';

/** All of them. */
export interface SessionsProps {
  readonly sessions: readonly SessionProps[];
  /** So many others are not shown. */
  readonly more: number;
  readonly endOthersPath: string;
  /** Where the user signs in, if not here. */
  readonly host: string | undefined;
  readonly notice: SessionsNotice | undefined;
  readonly timezone: string;
}

/** Asks before sessions end. */
export interface SessionsEndProps {
  readonly action: string;
  readonly sessions: readonly SessionProps[];
  /** So many others are not shown. */
  readonly more: number;
  /** All but this one, rather than one. */
  readonly others: boolean;
  readonly timezone: string;
}
