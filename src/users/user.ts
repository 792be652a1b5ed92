import { ValidationError } from '../lib/errors.ts';

/**
 * A person who can sign in, as pages and mails address them. The id is the platform's own and is the
 * `sub` of tokens.
 */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly fullName: string;
  /** BCP 47 language tag, or empty: as the browser says. */
  readonly locale: string;
  /** IANA time zone name. */
  readonly timezone: string;
  readonly isActive: boolean;
  /** May use the operator console. */
  readonly isOperator: boolean;
}

/** Preferences that a user chose here; they override the platform's. Null: not chosen. */
export interface Preferences {
  /** BCP 47 language tag, or empty: as the browser says. */
  readonly locale: string | null;
  /** IANA time zone name. */
  readonly timezone: string | null;
}

/** A user as the platform says, whatever they have chosen: it reads back what it has sent. */
export interface ProvisionedUser extends User {
  readonly chosen: Preferences;
}

/** Fields of a user that the platform sets. */
export interface UserInput {
  readonly email: string;
  readonly fullName: string;
  readonly locale: string;
  readonly timezone: string;
  readonly isActive: boolean;
  /** Absent: unchanged; false for a new user. */
  readonly isOperator?: boolean | undefined;
  /** Absent: unchanged. Null: the user cannot sign in with a password. */
  readonly password?: string | null | undefined;
  /** Absent: unchanged. A null subject removes the link. */
  readonly identity?: IdentityInput | undefined;
}

/** Upstream identity of a user, set by the platform. */
export interface IdentityInput {
  readonly issuer: string;
  readonly subject: string | null;
}

/** A person at an upstream OpenID provider. */
export interface Identity {
  readonly issuer: string;
  /** The `sub` of its ID tokens. */
  readonly subject: string;
}

/** Filters of the list of users; an undefined one matches all. */
export interface UserFilters {
  /** Case does not matter. */
  readonly email?: string | undefined;
  readonly isActive?: boolean | undefined;
  readonly isOperator?: boolean | undefined;
  /** The ID, or a part of the name or of the e-mail address. */
  readonly search?: string | undefined;
}

/** Orders of the list of users. */
export type UserOrdering = 'id' | 'email';

const ID = /^[A-Za-z0-9._-]{1,64}$/;

/** The user as pages and mails address them. */
export function withPreferences({ chosen, ...user }: ProvisionedUser): User {
  const { locale, timezone } = user;
  return { ...user, locale: chosen.locale ?? locale, timezone: chosen.timezone ?? timezone };
}

/** Tests if `value` may be the ID of a user or of a team. */
export function isDirectoryId(value: string): boolean {
  return ID.test(value);
}

/** @throws ValidationError where `value` can't be the id of a user or of a team */
export function requireDirectoryId(value: string): void {
  if (!isDirectoryId(value)) {
    throw new ValidationError({ id: ['An id is 1 to 64 of A-Z a-z 0-9 . _ -'] });
  }
}

/** Tests if `value` is an IANA time zone. Intl also accepts offsets such as +01:00. */
export function isTimeZone(value: string): boolean {
  try {
    return /^[A-Za-z]/.test(value) && Intl.DateTimeFormat('en', { timeZone: value }) !== undefined;
  } catch {
    return false;
  }
}
