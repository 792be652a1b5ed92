import type { Tx } from '../db/transaction.ts';
import type { Origin } from '../lib/actor.ts';

/** Rights that an operator token can have. */
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

/** Access that a call requires: a right (or any valid token), to read or to write. */
export interface Demand {
  readonly right: Right | 'any';
  readonly access: 'read' | 'write';
}

/** The caller of a management call, identified by an operator token. */
export interface Operator {
  /** Id of the token; `bootstrap` is the one of the configuration. */
  readonly id: string;
  readonly name: string;
  readonly actor: `operator:${string}`;
  readonly rights: readonly Right[];
  /** Null: never. */
  readonly expiresAt: Date | null;
}

/** A call of the management API, as the log records it. */
export interface OperatorCall {
  readonly operator: Pick<Operator, 'id' | 'actor'>;
  readonly method: string;
  /** The path with the names of its parameters, `/api/v1/users/{id}/`. */
  readonly path: string;
  /** Status of the answer. */
  readonly status: number;
  readonly origin: Origin;
  /** Of an import: number of lines by outcome. */
  readonly counts?: Readonly<Record<string, number>>;
  /** Of a call that reads the log: its filters, and the number of entries in the answer. */
  readonly read?: { readonly filters: Readonly<Record<string, string>>; readonly entries: number };
}

/** Authentication of operators and logging of their calls; implemented by `operators/`. */
export interface OperatorAccess {
  /**
   * Returns the operator with this token; undefined if the token is unknown, expired or revoked.
   * @param ip address of the caller, for the log of failed authentications
   */
  authenticate(token: string, ip: string | undefined): Promise<Operator | undefined>;
  /**
   * Rejects a change by a token that was revoked or has expired since `authenticate`.
   * @throws StagedoorError `unauthenticated`
   */
  requireLiveToken(tx: Tx, operator: Pick<Operator, 'id'>): Promise<void>;
  /** Logs a call in the transaction of its change. */
  recordCall(tx: Tx, call: OperatorCall): Promise<void>;
  /** Logs a call that changed nothing; many like it in a minute share one entry. Never rejects. */
  countCall(call: OperatorCall): Promise<void>;
}

/** Indicates whether an operator has the demanded access. Each right includes reading. */
export function mayDo(operator: Pick<Operator, 'rights'>, { right, access }: Demand): boolean {
  return (
    right === 'any' ||
    operator.rights.includes(right) ||
    (access === 'read' && operator.rights.includes('read'))
  );
}
