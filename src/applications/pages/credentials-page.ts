import { KEY_LIMIT } from '../../client-keys/key-error.ts';
import { isUsable, SECRET_LIMIT } from '../../client-secrets/client-secret.ts';
import { oneOf, render } from '../../http/page.ts';
import { view } from '../../http/view.ts';
import { listKeys } from '../keys.ts';
import { listSecrets } from '../secrets.ts';
import { APPLICATIONS, ownerPage } from './owner-page.ts';
import {
  type ApplicationHeader,
  type KeyProps,
  presentHeader,
  presentKeys,
  presentSecrets,
  type SecretProps,
} from './presenters.ts';

/** Results of a change, shown above the page. */
export const NOTICES = ['secret_deleted', 'key_added', 'key_deleted'] as const;

/** Client ID, secrets and keys of an application. */
interface CredentialsProps {
  readonly application: ApplicationHeader;
  /** Failed requests within 24 hours. */
  readonly failures: number;
  readonly clientId: string;
  readonly confidential: boolean;
  /** Empty for a public application. */
  readonly secrets: readonly SecretProps[];
  readonly mayAddSecret: boolean;
  readonly secretLimit: number;
  readonly keys: readonly KeyProps[];
  readonly mayAddKey: boolean;
  readonly notice: (typeof NOTICES)[number] | undefined;
  readonly timezone: string;
}

const credentialsView = view<CredentialsProps>('applications/credentials');

/** Shows by what an application proves who it is. */
export const credentialsPage = ownerPage({
  path: `${APPLICATIONS}/:clientId/credentials`,
  show: async ({ deps, user, own, clientId, home, query }) => {
    const secrets = await listSecrets(deps.db, clientId);
    const keys = await listKeys(deps.db, clientId);
    return render(credentialsView, {
      application: presentHeader(own.application),
      failures: own.recentFailures,
      clientId,
      confidential: own.application.clientType === 'confidential',
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
