import type { Context, Middleware } from 'koa';
import type { Provider } from 'oidc-provider';
import type { Db } from '../db/database.ts';
import { COOKIE_OPTIONS } from './cookies.ts';
import { currentTransaction } from './current-transaction.ts';
import { type FlowKeys, type FlowRows, selectFlow } from './flow-store.ts';
import { putKnown, withKnownRows } from './known-rows.ts';
import { PATHS } from './paths.ts';

/** Reads the id of the session from the request; after a sign-in in it, that is the new one. */
export function sessionIdOf(provider: Provider, ctx: Context): string | undefined {
  const renewed: unknown = ctx.state.sessionId;
  return typeof renewed === 'string'
    ? renewed
    : ctx.cookies.get(provider.cookieName('session'), COOKIE_OPTIONS);
}

/** Reads the rows of `keys` by one statement, for the models of the provider. */
export async function readFlow(db: Db, keys: FlowKeys): Promise<FlowRows> {
  const rows = await selectFlow(currentTransaction() ?? db, keys);
  putKnown('session', keys.sessionId, rows.session);
  if (keys.interactionId !== undefined) {
    putKnown('interaction', keys.interactionId, rows.interaction);
  }
  if (rows.client !== undefined) {
    putKnown('client', rows.client.application.clientId, rows.client);
  }
  return rows;
}

/**
 * Reads what an authorization request of a signed-in browser needs, before the provider asks for it
 * row by row. Runs in the transaction of the request.
 */
export function readFlowFirst(provider: Provider, db: Db): Middleware {
  return (ctx, next) =>
    withKnownRows(async () => {
      const path = ctx.path.toLowerCase();
      const sessionId = sessionIdOf(provider, ctx);
      const isFlow = path === PATHS.authorization || path.startsWith(`${PATHS.authorization}/`);
      if (isFlow && sessionId !== undefined) {
        const { client_id: clientId } = ctx.query;
        await readFlow(db, {
          sessionId,
          interactionId: ctx.cookies.get(provider.cookieName('resume'), COOKIE_OPTIONS),
          clientId: typeof clientId === 'string' ? clientId : undefined,
        });
      }
      await next();
    });
}
