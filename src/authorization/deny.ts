import { record } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';
import type { Origin } from '../lib/actor.ts';
import type { ConsentRequest } from './describe.ts';

/** Notes that the user said no. The application learns `access_denied` and nothing else. */
export async function denyConsent(tx: Tx, request: ConsentRequest, origin: Origin): Promise<void> {
  await record(tx, {
    action: 'stagedoor.user.oauth.denied',
    actor: `user:${request.user.id}`,
    userId: request.user.id,
    clientId: request.application.clientId,
    origin,
    data: {
      application: request.application.name,
      scopes: request.scopes.map((scope) => scope.name),
    },
  });
}
