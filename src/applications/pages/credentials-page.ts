import { KEY_LIMIT } from '../../client-keys/key-error.ts';
import { selectKeys } from '../../client-keys/store.ts';
import { isUsable, SECRET_LIMIT } from '../../client-secrets/client-secret.ts';
import { oneOf } from '../../http/page.ts';
import { listSecrets } from '../secrets.ts';
import { APPLICATIONS, ownerPage } from './owner-page.ts';
import { presentKeys, presentSecrets, renderOwn } from './presenters.ts';

/** Results of a change, shown above the page. */
export const NOTICES = ['secret_deleted', 'key_added', 'key_deleted'] as const;

/** Shows by what an application proves who it is. */
export const credentialsPage = ownerPage({
  path: `${APPLICATIONS}/:clientId/credentials`,
  show: async (request) => {
    const { deps, user, clientId, home, query } = request;
    const secrets = await listSecrets(deps.db, clientId);
    const keys = await selectKeys(deps.db, clientId);
    return renderOwn(request, 'applications/credentials', {
      // Empty for a public application.
      secrets: presentSecrets(home, secrets, keys),
      mayAddSecret: secrets.filter(isUsable).length < SECRET_LIMIT,
      secretLimit: SECRET_LIMIT,
      keys: presentKeys(home, keys, secrets),
      mayAddKey: keys.length < KEY_LIMIT,
      notice: oneOf(NOTICES, query.notice),
      timezone: user.timezone,
    });
  },
});
