import type { Context, Middleware } from 'koa';
import type { Db } from '../db/database.ts';
import { awaitBody } from '../http/body.ts';
import { withRequestTransaction } from './current-transaction.ts';
import { PATHS } from './paths.ts';
import { isPush } from './pushed-request-budget.ts';

/** Longest body that the provider takes, in bytes; it would call a longer one unreadable. */
const PROVIDERS_LIMIT = 56 * 1024;

const TRANSACTIONAL = [
  PATHS.authorization,
  PATHS.token,
  PATHS.revocation,
  PATHS.pushed_authorization_request,
];

/**
 * One transaction a protocol request. It commits on 4xx too: ending a grant because its refresh
 * token came twice must stick although the answer is an error. Only a refused pushed request leaves
 * nothing, not even its DPoP proof, because anybody can send one. It rolls back on 5xx, and the
 * error goes on to our own error handling, which logs it and tells a database that is away (503)
 * from a defect (500); the provider by itself would show it as a fault of the request.
 */
export function providerTransaction(db: Db): Middleware {
  return async (ctx, next) => {
    // The provider's router takes its paths in any case.
    const asked = ctx.path.toLowerCase();
    if (!TRANSACTIONAL.some((path) => asked === path || asked.startsWith(`${path}/`))) {
      return next();
    }
    // First: a transaction has a connection to the database, and who sends slowly must not have it.
    await awaitBody(ctx, PROVIDERS_LIMIT);
    await withRequestTransaction(
      db,
      () => next(),
      () => ctx.state.serverError === undefined && !(isPush(ctx.path) && ctx.status >= 400),
    );
    rethrow(ctx);
  };
}

function rethrow(ctx: Context): void {
  if (ctx.state.serverError !== undefined) {
    ctx.remove('Location');
    throw ctx.state.serverError;
  }
}
