import { noFields } from '../../http/form.ts';
import { type PageAnswer, render, seeOther } from '../../http/page.ts';
import { view } from '../../http/view.ts';
import { SignInTooOldError } from '../../sessions/pages/user-page.ts';
import { deleteKey, listKeys } from '../keys.ts';
import { listSecrets } from '../secrets.ts';
import { APPLICATIONS, type OwnerRequest, ownerPage } from './owner-page.ts';
import { type ApplicationHeader, type KeyProps, presentHeader, presentKeys } from './presenters.ts';

/** Confirms the deletion of a public key. */
interface DeleteKeyProps {
  readonly application: ApplicationHeader;
  readonly action: string;
  readonly key: KeyProps;
  readonly signInAgain: boolean;
}

const deleteKeyView = view<DeleteKeyProps>('applications/key_delete');

/** Deletes a public key after a confirmation. It stops working at once. */
export const deleteKeyPage = ownerPage({
  path: `${APPLICATIONS}/:clientId/keys/:keyId/delete`,
  recent: true,
  show: (request) => showKey(request, false),
  post: {
    form: noFields,
    submit: async ({ tx, actor, clientId, home, params: { keyId = '' }, origin }) => {
      await deleteKey(tx, actor, clientId, keyId, origin);
      return seeOther(`${home}/credentials?notice=key_deleted#keys`);
    },
    retry: (request, error) => {
      if (error instanceof SignInTooOldError) {
        return showKey(request, true);
      }
      throw error;
    },
  },
});

async function showKey(
  { deps, own, clientId, home, path, params }: OwnerRequest,
  signInAgain: boolean,
): Promise<PageAnswer> {
  const keys = await listKeys(deps.db, clientId);
  const place = keys.findIndex(({ id }) => id === params.keyId);
  const key = presentKeys(home, keys, await listSecrets(deps.db, clientId))[place];
  if (key?.deletePath === undefined) {
    // Deleted in another tab, or the last one: the page of the credentials shows either.
    return seeOther(`${home}/credentials`);
  }
  const application = presentHeader(own.application);
  const props = { application, action: path, key, signInAgain };
  return render(deleteKeyView, props, signInAgain ? 403 : 200);
}
