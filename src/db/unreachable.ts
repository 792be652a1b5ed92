const CODES =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT|EHOSTUNREACH|08\w{3}|57P0[123]|53300|database_unreachable)$/;
const MESSAGES =
  /timeout exceeded when trying to connect|Connection terminated|Query read timeout|is not queryable/;

/**
 * Tests if an error means that the database is unreachable: a failed connection, or a server that
 * starts, stops or has no connection left.
 */
export function isUnreachable(error: unknown): boolean {
  return examine(error, 5);
}

/** `depth` ends a chain of causes that bites its tail. */
function examine(error: unknown, depth: number): boolean {
  if (typeof error !== 'object' || error === null || depth === 0) {
    return false;
  }
  if ('code' in error && typeof error.code === 'string' && CODES.test(error.code)) {
    return true;
  }
  if ('message' in error && typeof error.message === 'string' && MESSAGES.test(error.message)) {
    return true;
  }
  const inner = [
    ...('cause' in error ? [error.cause] : []),
    ...('errors' in error && Array.isArray(error.errors) ? error.errors : []),
  ];
  return inner.some((one) => examine(one, depth - 1));
}
