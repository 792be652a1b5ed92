import { documentHost } from '../lib/client-id.ts';
import { type Application, isReviewed } from './application.ts';
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
