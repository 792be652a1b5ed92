/** What the token of an operator may be good for. */
export const RIGHTS = [
  'directory',
  'applications',
  'resource_servers',
  'grants',
  'tokens',
  'read',
] as const;

/**
 * - `directory`: users, organizers, teams
 * - `applications`: applications
 * - `resource_servers`: resource servers, whose secrets open the introspection of every token
 * - `grants`: grants
 * - `tokens`: make and revoke operator tokens
 * - `read`: read everything, the log and the operator tokens too
 */
export type Right = (typeof RIGHTS)[number];

/** What a call wants of a token: a right, or any at all, and whether it changes anything. */
export interface Demand {
  readonly right: Right | 'any';
  readonly access: 'read' | 'write';
}

/** Whoever calls the management API. */
export interface Operator {
  /** Id of the token; `bootstrap` is the one of the configuration. */
  readonly id: string;
  readonly name: string;
  readonly actor: `operator:${string}`;
  readonly rights: readonly Right[];
  /** Null: never. */
  readonly expiresAt: Date | null;
}

/** A token of the management API, without the token. */
export interface OperatorToken {
  readonly id: string;
  readonly name: string;
  /** By which operators tell tokens apart. */
  readonly lastFour: string;
  readonly rights: readonly Right[];
  /** As the log names who did it. */
  readonly createdBy: string;
  /** Id of the token that made it; null: the one of the configuration, or the command line. */
  readonly parentId: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  /** To the minute. */
  readonly lastUsedAt: Date | null;
}

/** Id and name of the token in the configuration, which has all rights. */
export const BOOTSTRAP = 'bootstrap';
/** The same of whoever has a shell on the server, and so all rights too. */
export const CLI = 'cli';

/** Returns true for a token of the process, which is in no table and can't be revoked. */
export function isProcessToken({ id }: Pick<Operator, 'id'>): boolean {
  return id === BOOTSTRAP || id === CLI;
}

/** Whether an operator may do this. A right over something includes reading it. */
export function mayDo(operator: Pick<Operator, 'rights'>, { right, access }: Demand): boolean {
  return (
    right === 'any' ||
    operator.rights.includes(right) ||
    (access === 'read' && operator.rights.includes('read'))
  );
}

/** Those of `rights` that an operator has not, and so can't give or take. */
export function missingRights(
  operator: Pick<Operator, 'rights'>,
  rights: readonly Right[],
): Right[] {
  return rights.filter((right) => !operator.rights.includes(right));
}

/** What `isOperatorName` wants, for whoever gave another one. */
export const NAME_RULE =
  'A name is 1 to 64 of a-z 0-9 . _ - and begins with a letter or digit; "bootstrap" and "cli" are taken.';

/** Whether `value` may name a token; the log shows it as `operator:<name>`. */
export function isOperatorName(value: string): boolean {
  return /^[a-z0-9][a-z0-9._-]{0,63}$/.test(value) && value !== BOOTSTRAP && value !== CLI;
}

/** Whether `value` is one of the rights. */
export function isRight(value: string): value is Right {
  return RIGHTS.some((right) => right === value);
}
