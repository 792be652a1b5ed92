import type { Context, Middleware } from 'koa';
import type { KeySets } from '../client-keys/key-sets.ts';
import type { Db } from '../db/database.ts';
import { assertConnected, peekBody } from '../http/body.ts';
import { AdmissionQueue } from '../lib/admission-queue.ts';
import { tokenResponse } from '../tokens/token-response.ts';
import { hasUsedAssertion, prepareClientKeys } from './client-keys.ts';
import { currentRedemption, withRequestTransaction } from './current-transaction.ts';
import { readLongPush } from './long-request.ts';
import { PATHS } from './paths.ts';
import { isPush } from './pushed-request-budget.ts';

/** Longest body that the provider reads, in bytes; it would call a longer one unreadable. */
const PROVIDERS_LIMIT = 56 * 1024;

/** Endpoints for programs. */
const PROGRAMS = [PATHS.token, PATHS.revocation, PATHS.pushed_authorization_request];
const TRANSACTIONAL = [PATHS.authorization, ...PROGRAMS];

/**
 * Creates the queue for transactions of programs. They get half of the connections: a program that
 * repeats a request for a locked row must not take those of the pages.
 */
export function createProgramQueue(connections: number): AdmissionQueue {
  const places = Math.max(1, Math.floor(connections / 2));
  return new AdmissionQueue({ places, waiting: 100 * places });
}

/**
 * Runs each protocol request in one transaction. Commits on 4xx as well: ending a grant because its
 * refresh token was reused must persist although the answer is an error. A refused pushed request
 * leaves nothing, not even its DPoP proof, because anybody can send one; only the use of a client
 * assertion is kept. Rolls back on 5xx and passes the error to our own error handling, which separates
 * an unreachable database (503) from a defect (500); the provider would report it as a fault of the
 * request.
 */
export function providerTransaction(
  db: Db,
  keySets: KeySets,
  programs: AdmissionQueue,
): Middleware {
  return async (ctx, next) => {
    // The provider's router takes its paths in any case.
    const asked = ctx.path.toLowerCase();
    const isIn = (path: string) => asked === path || asked.startsWith(`${path}/`);
    if (!TRANSACTIONAL.some(isIn)) {
      return next();
    }
    // First: a transaction has a connection to the database, and who sends slowly must not have it.
    const body =
      isPush(ctx.path) && mayBeLong(ctx)
        ? await readLongPush(ctx)
        : (await peekBody(ctx, PROVIDERS_LIMIT)).toString('latin1');
    await prepareClientKeys(keySets, ctx, body);
    const isProgram = PROGRAMS.some(isIn);
    if (isProgram) {
      await programs.enter();
    }
    try {
      await withRequestTransaction(
        db,
        async () => {
          // The provider prints a warning when it is asked to read a closed connection.
          if (!('body' in ctx.req)) {
            assertConnected(ctx.req);
          }
          await next();
          answerReplay(ctx);
        },
        () =>
          ctx.state.serverError === undefined &&
          (!(isPush(ctx.path) && ctx.status >= 400) || hasUsedAssertion(ctx)),
      );
    } finally {
      if (isProgram) {
        programs.leave();
      }
    }
    rethrow(ctx);
  };
}

/** Tests if a body is longer than the provider reads, or of unknown length. */
function mayBeLong(ctx: Context): boolean {
  return Number(ctx.get('Content-Length')) > PROVIDERS_LIMIT || ctx.get('Transfer-Encoding') !== '';
}

/**
 * Answers a retry with the tokens of the first response. Up to here it ran like a first use, so that
 * the same checks apply.
 */
function answerReplay(ctx: Context): void {
  const redemption = currentRedemption();
  if (ctx.status === 200 && redemption !== undefined && 'replay' in redemption) {
    ctx.body = tokenResponse(redemption.replay);
  }
}

function rethrow(ctx: Context): void {
  if (ctx.state.serverError !== undefined) {
    ctx.remove('Location');
    throw ctx.state.serverError;
  }
}
