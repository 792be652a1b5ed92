import { record } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';
import { documentHost } from '../lib/client-id.ts';
import { type Application, isReviewed } from './application.ts';
import { setName } from './change-store.ts';
import { lockOrThrow } from './lock.ts';
import { type NameSettings, nameNeed } from './review-need.ts';

/** Name of programs that have none of their own. */
export const NAMELESS = 'Unnamed app';

/** Returns the name that replaces one that would need a review. */
export function safeName({ kind, clientId }: Pick<Application, 'kind' | 'clientId'>): string {
  return kind === 'metadata_document' ? documentHost(clientId) : NAMELESS;
}

/** Tests if an application that nobody registered by hand has a name that has to be replaced. */
export function hasUnsafeName(
  settings: NameSettings,
  application: Pick<Application, 'kind' | 'clientId' | 'name' | 'reviewedAt' | 'nameLikeReviewed'>,
): boolean {
  return (
    application.kind !== 'registered' &&
    !isReviewed(application) &&
    application.name !== safeName(application) &&
    nameNeed(settings, application) !== undefined
  );
}

/**
 * Replaces the name of an application that nobody registered by hand if it would need a review: one
 * that looks like one that was reviewed since the row was written, or like the platform's new name.
 * @returns the name that it has now
 */
export async function replaceUnsafeName(
  tx: Tx,
  settings: NameSettings,
  clientId: string,
): Promise<string> {
  const application = await lockOrThrow(tx, clientId);
  if (!hasUnsafeName(settings, application)) {
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
