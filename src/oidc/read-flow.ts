import type { Middleware } from 'koa';
import type { Provider } from 'oidc-provider';
import type { Candidate } from '../applications/candidate.ts';
import { toApplication } from '../applications/candidate-store.ts';
import type { FoundClient } from '../applications/store.ts';
import type { Db } from '../db/database.ts';
import { candidateOf } from './candidates.ts';
import { COOKIE_OPTIONS, sessionIdOf } from './cookies.ts';
import { currentTransaction } from './current-transaction.ts';
import { type FlowKeys, type FlowRows, selectFlow } from './flow-store.ts';
import { noteCandidate, putKnown, withKnownRows } from './known-rows.ts';
import { PATHS } from './paths.ts';

/**
 * Reads the rows of `keys` by one statement, for the models of the provider.
 * @param candidate details of the client, if it has no row and no interaction yet
 */
export async function readFlow(db: Db, keys: FlowKeys, candidate?: Candidate): Promise<FlowRows> {
  const rows = await selectFlow(currentTransaction() ?? db, keys);
  putKnown('session', keys.sessionId, rows.session);
  if (keys.interactionId !== undefined) {
    putKnown('interaction', keys.interactionId, rows.interaction);
  }
  if (rows.grant !== undefined) {
    putKnown('grant', rows.grant.id, rows.grant);
  }
  const details = rows.interaction?.candidate ?? candidate;
  const client = rows.client ?? (details && (await toClient(db, details)));
  if (client !== undefined) {
    putKnown('client', client.application.clientId, client);
    if (details !== undefined) {
      noteCandidate(details, client);
    }
  }
  return { ...rows, client };
}

async function toClient(db: Db, candidate: Candidate): Promise<FoundClient> {
  const application = await toApplication(currentTransaction() ?? db, candidate);
  return { application, secretHashes: [] };
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
        const keys = {
          sessionId,
          interactionId: ctx.cookies.get(provider.cookieName('resume'), COOKIE_OPTIONS),
          clientId: typeof clientId === 'string' ? clientId : undefined,
        };
        await readFlow(db, keys, candidateOf(ctx));
      }
      await next();
    });
}
