import type { AdapterPayload } from 'oidc-provider';
import { seal, unseal } from '../lib/encryption.ts';
import { currentTransaction } from './current-transaction.ts';
import type { AdapterDeps, PartialAdapter } from './deps.ts';
import {
  type StoredInteraction,
  selectInteraction,
  updateFinished,
  upsertInteraction,
} from './interaction-store.ts';
import { knownCandidate, takeKnown } from './known-rows.ts';
import { RESUME_PATH } from './paths.ts';
import { extendPushedRequest } from './pushed-request-store.ts';
import { fromEpoch, toEpoch } from './time.ts';

const PUSHED_REQUEST = 'pushed request of an interaction';

/**
 * Authorization requests that wait for a person who is signed in; `sign-in-first.ts` handles the
 * others, and nothing of them is stored. The id is in the browser's cookie and in the URL, so it is
 * left out, and so is what repeats it (`returnTo`) or the session's cookie.
 */
export function interactionAdapter({ db, config }: AdapterDeps): PartialAdapter {
  const here = () => currentTransaction() ?? db;
  return {
    upsert: async (id, payload) => {
      if (payload.session !== undefined && payload.prompt?.name !== 'select_account') {
        await upsertInteraction(here(), id, toStored(id, payload));
      }
      if (payload.parJti !== undefined) {
        await extendPushedRequest(here(), payload.parJti);
      }
    },
    find: async (id) => {
      const known = takeKnown('interaction', id);
      const found = known === undefined ? await selectInteraction(here(), id) : known.row;
      return found && toPayload(id, config.issuer, found);
    },
    destroy: (id) => updateFinished(here(), id),
  };
}

function toStored(id: string, payload: AdapterPayload): StoredInteraction {
  const clientId = payload.params?.client_id;
  if (typeof clientId !== 'string' || payload.exp === undefined || payload.prompt === undefined) {
    throw new Error('an interaction needs a client, a prompt and an end');
  }
  return {
    clientId,
    userId: payload.session?.accountId,
    sessionUid: payload.session?.uid,
    grantId: payload.grantId,
    chainId: payload.cid ?? id,
    prompt: { ...payload.prompt },
    params: payload.params ?? {},
    trusted: payload.trusted,
    result: payload.result,
    lastSubmission: payload.lastSubmission,
    pushedRequest:
      payload.parJti === undefined ? undefined : seal(id, PUSHED_REQUEST, payload.parJti),
    candidate: knownCandidate(clientId),
    expiresAt: fromEpoch(payload.exp),
  };
}

function toPayload(id: string, issuer: string, found: StoredInteraction): AdapterPayload {
  const { name, reasons, details } = found.prompt;
  return {
    jti: id,
    kind: 'Interaction',
    exp: toEpoch(found.expiresAt),
    returnTo: `${issuer}${RESUME_PATH}/${id}`,
    prompt: {
      name: typeof name === 'string' ? name : '',
      reasons: Array.isArray(reasons) ? reasons : [],
      details: isObject(details) ? details : {},
    },
    params: found.params,
    cid: found.chainId,
    ...(found.userId === undefined || found.sessionUid === undefined
      ? {}
      : { session: { accountId: found.userId, uid: found.sessionUid } }),
    ...(found.trusted && { trusted: found.trusted }),
    ...(found.result && { result: found.result }),
    ...(found.lastSubmission && { lastSubmission: found.lastSubmission }),
    ...(found.grantId && { grantId: found.grantId }),
    ...(found.pushedRequest && { parJti: openPushedRequest(id, found.pushedRequest) }),
  };
}

/** Returns the ID of the pushed request that an interaction began with. */
export function openPushedRequest(id: string, sealed: Uint8Array): string {
  return unseal(id, PUSHED_REQUEST, sealed);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
