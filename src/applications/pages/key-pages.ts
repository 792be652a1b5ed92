import { z } from 'zod';
import { KEY_LIMIT, KeysError } from '../../client-keys/key-error.ts';
import { readKeys } from '../../client-keys/read-keys.ts';
import { selectKeys } from '../../client-keys/store.ts';
import { noFields, text } from '../../http/form.ts';
import { type PageAnswer, seeOther } from '../../http/page.ts';
import { translator } from '../../http/translate.ts';
import { userPageAbout } from '../../sessions/pages/user-page.ts';
import { addKeys, deleteKey } from '../keys.ts';
import { listSecrets } from '../secrets.ts';
import type { ApplicationText } from '../texts.ts';
import type { FormErrors } from './application-form.ts';
import { APPLICATIONS, type OwnerRequest, openConfidential, ownerPage } from './owner-page.ts';
import { presentKeys, renderOwn } from './presenters.ts';

/** Adds public keys to a confidential application: PEM, a JWK, or a JWK Set. */
export const newKeyPage = userPageAbout(openConfidential, {
  path: `${APPLICATIONS}/:clientId/keys/new`,
  recent: true,
  show: async (request) => {
    const keys = await selectKeys(request.deps.db, request.clientId);
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
    signInAgain: (request) =>
      showForm(request, { value: shownAgain(request.form.public_keys), signInAgain: true }, 403),
    retry: (request, error) => {
      if (!(error instanceof KeysError)) {
        throw error;
      }
      const t = translator<ApplicationText>(request.locale);
      const problem = t(`applications.key.error.${error.problem}`, { limit: KEY_LIMIT });
      const value = shownAgain(request.form.public_keys);
      return showForm(request, { value, errors: { public_keys: [problem] } }, 400);
    },
  },
});

/** Returns what was typed, unless it contains a private key, which must not come back in a page. */
function shownAgain(typed: string): string {
  return readKeys(typed) === 'private' ? '' : typed;
}

function showForm(
  request: OwnerRequest,
  state: { value: string; errors?: FormErrors<'public_keys'>; signInAgain?: true },
  status = 200,
): PageAnswer {
  const { issuer } = request.deps.config;
  return renderOwn(request, 'applications/key_new', { errors: {}, ...state, issuer }, status);
}

/** Deletes a public key after a confirmation. It stops working at once. */
export const deleteKeyPage = ownerPage({
  path: `${APPLICATIONS}/:clientId/keys/:keyId/delete`,
  recent: true,
  show: (request) => showKey(request),
  post: {
    form: noFields,
    submit: async ({ tx, actor, clientId, home, params: { keyId = '' }, origin }) => {
      await deleteKey(tx, actor, clientId, keyId, origin);
      return seeOther(`${home}/credentials?notice=key_deleted#keys`);
    },
    signInAgain: (request) => showKey(request, { signInAgain: true }, 403),
  },
});

async function showKey(
  request: OwnerRequest,
  state: { signInAgain?: true } = {},
  status = 200,
): Promise<PageAnswer> {
  const { deps, clientId, home, params } = request;
  const keys = await selectKeys(deps.db, clientId);
  const place = keys.findIndex(({ id }) => id === params.keyId);
  const key = presentKeys(home, keys, await listSecrets(deps.db, clientId))[place];
  if (key?.deletePath === undefined) {
    // Deleted in another tab, or the last one: the page of the credentials shows either.
    return seeOther(`${home}/credentials`);
  }
  return renderOwn(request, 'applications/key_delete', { ...state, key }, status);
}
