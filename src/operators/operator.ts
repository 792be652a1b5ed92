import { type Operator, RIGHTS, type Right } from '../api/operator.ts';

/** A token of the management API, without the token. */
export interface OperatorToken {
  readonly id: string;
  readonly name: string;
  /** Last four characters of the token, by which operators distinguish tokens. */
  readonly lastFour: string;
  readonly rights: readonly Right[];
  /** Actor in the log, such as `operator:bootstrap`. */
  readonly createdBy: string;
  /** Id of the token that made it; null for the token of the configuration and the command line. */
  readonly parentId: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  /** To the minute. */
  readonly lastUsedAt: Date | null;
}

/** Id and name of the token in the configuration, which has all rights. */
export const BOOTSTRAP = 'bootstrap';
/** Id and name of the command line's token, which has all rights. */
export const CLI = 'cli';

/**
 * Returns true for a token of the process, which is in no table and can't be revoked, and for an
 * operator in the console, who has no token: the console checks that the user is an operator.
 */
export function isProcessToken({ id }: Pick<Operator, 'id'>): boolean {
  return id === BOOTSTRAP || id === CLI || id.startsWith('user:');
}

/** Returns those of `rights` that an operator does not have, and so can't give or take. */
export function missingRights(
  operator: Pick<Operator, 'rights'>,
  rights: readonly Right[],
): Right[] {
  return rights.filter((right) => !operator.rights.includes(right));
}

/** Rule of `isOperatorName`, as an error message. */
export const NAME_RULE =
  'A name is 1 to 64 of a-z 0-9 . _ - and begins with a letter or digit; "bootstrap" and "cli" are taken.';

/** Checks the name of a token; the log shows it as `operator:<name>`. */
export function isOperatorName(value: string): boolean {
  return /^[a-z0-9][a-z0-9._-]{0,63}$/.test(value) && value !== BOOTSTRAP && value !== CLI;
}

export function isRight(value: string): value is Right {
  return RIGHTS.some((right) => right === value);
}
