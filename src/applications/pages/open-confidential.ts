import { StagedoorError } from '../../lib/errors.ts';
import type { UserRequest } from '../../sessions/pages/user-page.ts';
import {
  type ApplicationPagesDeps,
  type OpenedApplication,
  openApplication,
} from './owner-page.ts';

/**
 * Opens the user's own application if it can keep a secret or a private key.
 * @throws StagedoorError `not_found`, also if the application is public
 */
export async function openConfidential(
  request: UserRequest<ApplicationPagesDeps>,
): Promise<OpenedApplication> {
  const opened = await openApplication(request);
  if (opened.own.application.clientType !== 'confidential') {
    throw new StagedoorError('not_found', 'A public application has no secrets and no keys.');
  }
  return opened;
}
