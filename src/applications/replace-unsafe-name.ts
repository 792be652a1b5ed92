import { record } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';
import { setName } from './change-store.ts';
import { lockOrThrow } from './lock-or-throw.ts';
import { hasUnsafeName, safeName } from './safe-name.ts';

/**
 * Replaces the name of an application if it looks like one that was reviewed since the row was written.
 * @returns the name that it has now
 */
export async function replaceUnsafeName(tx: Tx, clientId: string): Promise<string> {
  const application = await lockOrThrow(tx, clientId);
  if (!hasUnsafeName(application)) {
    return application.name;
  }
  const name = safeName(application);
  await setName(tx, clientId, name);
  await record(tx, {
    action: 'stagedoor.application.changed',
    actor: 'system',
    clientId,
    data: { application: name, changed: ['name'] },
  });
  return name;
}
