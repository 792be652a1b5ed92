import { z } from 'zod';
import { KEY_LIMIT, KeysError } from '../../client-keys/key-error.ts';
import { readKeys } from '../../client-keys/read-keys.ts';
import { noFields, text } from '../../http/form.ts';
import { type PageAnswer, render, seeOther } from '../../http/page.ts';
import { translator } from '../../http/translate.ts';
import { view } from '../../http/view.ts';
import { SignInTooOldError, userPageAbout } from '../../sessions/pages/user-page.ts';
import { addKeys, deleteKey, listKeys } from '../keys.ts';
import { listSecrets } from '../secrets.ts';
import type { ApplicationText } from '../texts.ts';
import type { FormErrors } from './application-form.ts';
import { APPLICATIONS, type OwnerRequest, openConfidential, ownerPage } from './owner-page.ts';
import { type ApplicationHeader, type KeyProps, presentHeader, presentKeys } from './presenters.ts';

/** Form for public keys. Posts `public_keys`: PEM, a JWK, or a JWK Set. */
interface NewKeyProps {
  readonly application: ApplicationHeader;
  readonly action: string;
  readonly issuer: string;
  readonly value: string;
  readonly errors: FormErrors<'public_keys'>;
  readonly signInAgain: boolean;
}

const newKeyView = view<NewKeyProps>('applications/key_new');

/** Adds public keys to a confidential application. */
export const newKeyPage = userPageAbout(openConfidential, {
  path: `${APPLICATIONS}/:clientId/keys/new`,
  recent: true,
  show: async (request) => {
    const keys = await listKeys(request.deps.db, request.clientId);
    return keys.length >= KEY_LIMIT
      ? seeOther(`${request.home}/credentials`)
      : showForm(request, { value: '' });
  },
  post: {
    form: z.object({ public_keys: text }),
    submit: async ({ tx, actor, clientId, home, form, origin }) => {
      await addKeys(tx, actor, clientId, form.public_keys, origin);
      return seeOther(`${home}/credentials?notice=key_added#keys`);
    },
    retry: (request, error) => {
      const { form, locale } = request;
      // A private key must not come back in a page.
      const value = readKeys(form.public_keys) === 'private' ? '' : form.public_keys;
      if (error instanceof SignInTooOldError) {
        return showForm(request, { value, signInAgain: true }, 403);
      }
      if (error instanceof KeysError) {
        const t = translator<ApplicationText>(locale);
        const problem = t(`applications.key.error.${error.problem}`, { limit: KEY_LIMIT });
        return showForm(request, { value, errors: { public_keys: [problem] } }, 400);
      }
      throw error;
    },
  },
});

function showForm(
  { own, path, deps }: OwnerRequest,
  state: Pick<NewKeyProps, 'value'> & Partial<Pick<NewKeyProps, 'errors' | 'signInAgain'>>,
  status = 200,
): PageAnswer {
  const props = {
    errors: {},
    signInAgain: false,
    ...state,
    application: presentHeader(own.application),
    action: path,
    issuer: deps.config.issuer,
  };
  return render(newKeyView, props, status);
}

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
