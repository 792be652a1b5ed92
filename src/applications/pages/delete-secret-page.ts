import { noFields } from '../../http/form.ts';
import { type PageAnswer, render, seeOther } from '../../http/page.ts';
import { view } from '../../http/view.ts';
import { SignInTooOldError } from '../../sessions/pages/user-page.ts';
import { listKeys } from '../keys.ts';
import { deleteSecret, listSecrets } from '../secrets.ts';
import { APPLICATIONS, type OwnerRequest, ownerPage } from './owner-page.ts';
import {
  type ApplicationHeader,
  presentHeader,
  presentSecrets,
  type SecretProps,
} from './presenters.ts';

/** Confirms the deletion of a secret. */
interface DeleteSecretProps {
  readonly application: ApplicationHeader;
  readonly action: string;
  readonly secret: SecretProps;
  readonly timezone: string;
  readonly signInAgain: boolean;
}

const deleteSecretView = view<DeleteSecretProps>('applications/secret_delete');

/** Deletes a secret after a confirmation. It stops working at once. */
export const deleteSecretPage = ownerPage({
  path: `${APPLICATIONS}/:clientId/secrets/:secretId/delete`,
  recent: true,
  show: (request) => showSecret(request, false),
  post: {
    form: noFields,
    submit: async ({ tx, actor, clientId, home, params: { secretId = '' }, origin }) => {
      await deleteSecret(tx, actor, clientId, secretId, origin);
      return seeOther(`${home}/credentials?notice=secret_deleted`);
    },
    retry: (request, error) => {
      if (error instanceof SignInTooOldError) {
        return showSecret(request, true);
      }
      throw error;
    },
  },
});

async function showSecret(
  { deps, user, own, clientId, home, path, params }: OwnerRequest,
  signInAgain: boolean,
): Promise<PageAnswer> {
  const secrets = await listSecrets(deps.db, clientId);
  const place = secrets.findIndex(({ id }) => id === params.secretId);
  const keys = await listKeys(deps.db, clientId);
  const secret = presentSecrets(home, secrets, keys)[place];
  if (secret?.deletePath === undefined) {
    // The secret was deleted in another tab, or it is the last one: the page of the
    // credentials shows either.
    return seeOther(`${home}/credentials`);
  }
  const props = {
    application: presentHeader(own.application),
    action: path,
    secret,
    timezone: user.timezone,
    signInAgain,
  };
  return render(deleteSecretView, props, signInAgain ? 403 : 200);
}
