import type { Adapter } from 'oidc-provider';
import { ownValue } from '../lib/own-value.ts';
import { clientAdapter } from './client-adapter.ts';
import type { AdapterDeps, PartialAdapter } from './deps.ts';
import { grantAdapter } from './grant-adapter.ts';
import { interactionAdapter } from './interaction-adapter.ts';
import { proofAdapter } from './proof-adapter.ts';
import { pushedRequestAdapter } from './pushed-request-adapter.ts';
import { sessionAdapter } from './session-adapter.ts';
import { accessTokenAdapter, codeAdapter, refreshTokenAdapter } from './token-adapters.ts';

const MODELS: Record<string, (deps: AdapterDeps) => PartialAdapter> = {
  AccessToken: accessTokenAdapter,
  AuthorizationCode: codeAdapter,
  Client: clientAdapter,
  Grant: grantAdapter,
  Interaction: interactionAdapter,
  PushedAuthorizationRequest: pushedRequestAdapter,
  RefreshToken: refreshTokenAdapter,
  ReplayDetection: proofAdapter,
  Session: sessionAdapter,
};

/**
 * Persistence for oidc-provider, a model at a time. For opaque models the id *is* the
 * credential: only its hash reaches the database, `jti` is left out on the way in and put back
 * on the way out.
 */
export function createAdapterFactory(deps: AdapterDeps): (name: string) => Adapter {
  return (name) => {
    const create = ownValue(MODELS, name);
    return { ...refusing(name), ...create?.(deps) };
  };
}

function refusing(name: string): Adapter {
  const refuse = (method: string) => async (): Promise<never> => {
    throw new Error(`${name}.${method} is not part of this server`);
  };
  return {
    upsert: refuse('upsert'),
    find: refuse('find'),
    findByUid: refuse('findByUid'),
    findByUserCode: refuse('findByUserCode'),
    consume: refuse('consume'),
    destroy: refuse('destroy'),
    revokeByGrantId: refuse('revokeByGrantId'),
  };
}
