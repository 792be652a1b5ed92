const CODES =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT|EHOSTUNREACH|08\w{3}|28\w{3}|3D000|57P0[1-5]|53300|25006|26000|database_unreachable)$/;

/** Message of pg for a query that took too long; the error has no code. */
export const QUERY_TIMEOUT = 'Query read timeout';
/** Parts of messages of pg and pg-pool for lost connections; the errors have no code. */
export const PG_MESSAGES = [
  QUERY_TIMEOUT,
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Connection terminated',
  'is not queryable',
];

/** Function of PostgreSQL that finds that a prepared statement would have other columns than before. */
const OUTDATED = 'RevalidateCachedQuery';

/**
 * Tests if an error means that the database is unreachable: a failed connection, a server that
 * starts, stops, is read-only or has no connection left, or a connection whose prepared statement is lost or
 * outdated.
 */
export function isUnreachable(error: unknown): boolean {
  return examine(error, 5);
}

/** Cause of an outage, for metrics and logs. */
export type OutageCause =
  | 'pool_timeout'
  | 'query_timeout'
  | 'lock_timeout'
  | 'connection'
  /** Too much work was waiting. */
  | 'refused'
  | 'other';

const CAUSES: readonly (readonly [RegExp, OutageCause])[] = [
  [/timeout exceeded when trying to connect/, 'pool_timeout'],
  [/Query read timeout|^57014$/, 'query_timeout'],
  [/^55P03$/, 'lock_timeout'],
  [/Connection terminated|not queryable|timeout expired/, 'connection'],
  [CODES, 'connection'],
  [/^unavailable$/, 'refused'],
];

/** Finds why the database could not be used. */
export function outageCause(error: unknown): OutageCause {
  for (let one = error, depth = 5; one instanceof Error && depth > 0; one = one.cause, depth -= 1) {
    const texts = [one.message, 'code' in one ? String(one.code) : ''];
    const found = CAUSES.find(([pattern]) => texts.some((text) => pattern.test(text)));
    if (found !== undefined) {
      return found[1];
    }
  }
  return 'other';
}

/** `depth` guards against cyclic `cause` chains. */
function examine(error: unknown, depth: number): boolean {
  if (typeof error !== 'object' || error === null || depth === 0) {
    return false;
  }
  if ('code' in error && typeof error.code === 'string' && CODES.test(error.code)) {
    return true;
  }
  if ('routine' in error && error.routine === OUTDATED) {
    return true;
  }
  const message = 'message' in error && typeof error.message === 'string' ? error.message : '';
  if (PG_MESSAGES.some((part) => message.includes(part))) {
    return true;
  }
  const inner = [
    ...('cause' in error ? [error.cause] : []),
    ...('errors' in error && Array.isArray(error.errors) ? error.errors : []),
  ];
  return inner.some((one) => examine(one, depth - 1));
}
