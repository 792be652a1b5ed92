import { type AdapterPayload, errors, Provider } from 'oidc-provider';
import { originOf } from '../http/origin.ts';
import { newCredential } from '../lib/credentials.ts';
import { type Presented, redeemCode, rotateRefreshToken } from '../tokens/consume.ts';
import { issueAccessToken, issueCode, issueRefreshToken } from '../tokens/issue-store.ts';
import { storeReplay } from '../tokens/replay.ts';
import { findAccessToken, findCode, findRefreshToken } from '../tokens/store.ts';
import type { FoundToken, NewToken, RedeemableToken } from '../tokens/token.ts';
import type { IssuedTokens } from '../tokens/token-response.ts';
import {
  currentTransaction,
  requireRedemption,
  requireTransaction,
  setRedemption,
} from './current-transaction.ts';
import type { AdapterDeps, PartialAdapter } from './deps.ts';
import { noteActiveUser } from './known-rows.ts';
import {
  isRedemptionOf,
  refuseAtToken,
  refuseChanged,
  refuseRemovedScopes,
} from './refuse-at-token.ts';
import { chooseAudience, chosenAudience } from './resources.ts';
import { fromEpoch, nowEpoch, toEpoch } from './time.ts';

/**
 * Ending a grant is one update, and `Grant.destroy` makes it; the provider asks for these beside
 * it, a model at a time.
 */
const ENDED_BY_THE_GRANT = {
  destroy: async () => {},
  revokeByGrantId: async () => {},
};

/** Authorization codes. */
export function codeAdapter({ db, config }: AdapterDeps): PartialAdapter {
  return {
    ...ENDED_BY_THE_GRANT,
    upsert: (id, payload) =>
      issueCode(requireTransaction(), {
        ...newToken(id, payload),
        redirectUri: payload.redirectUri ?? '',
        codeChallenge: payload.codeChallenge,
        resources: payload.resource === undefined ? undefined : [payload.resource].flat(),
      }),
    find: async (id) => {
      const tx = currentTransaction() ?? db;
      const found = await findCode(tx, id);
      if (found === undefined) {
        return undefined;
      }
      await refuseAtToken(found, 'code', isRedemptionOf(found));
      refuseChanged(found);
      await chooseAudience(tx, found);
      return {
        ...grantSource(id, 'AuthorizationCode', found),
        redirectUri: found.redirectUri,
        ...(found.jkt === undefined ? {} : { dpopJkt: found.jkt }),
        ...(found.codeChallenge === undefined
          ? {}
          : { codeChallenge: found.codeChallenge, codeChallengeMethod: 'S256' }),
      };
    },
    consume: async (id) => {
      const consumption = await redeemCode(requireTransaction(), presented(id, config));
      if (consumption.outcome === 'refused') {
        throw new errors.InvalidGrant(consumption.reason);
      }
      setRedemption({ familyId: consumption.familyId });
    },
  };
}

/** Refresh tokens. */
export function refreshTokenAdapter({ db, config }: AdapterDeps): PartialAdapter {
  return {
    ...ENDED_BY_THE_GRANT,
    upsert: async (id, payload) => {
      const redemption = requireRedemption();
      if ('replay' in redemption) {
        return;
      }
      await issueRefreshToken(requireTransaction(), {
        ...newToken(id, payload),
        familyId: redemption.familyId,
        rotations: payload.rotations ?? 0,
        firstIssuedAt: fromEpoch(payload.iiat ?? nowEpoch()),
        resources: chosenAudience().resources,
      });
    },
    find: async (id) => {
      const tx = currentTransaction() ?? db;
      const found = await findRefreshToken(tx, id, config.refreshRetrySeconds);
      if (found === undefined) {
        return undefined;
      }
      await refuseAtToken(found, 'refresh_token', () => true);
      refuseRemovedScopes(found);
      await chooseAudience(tx, found);
      return {
        ...grantSource(id, 'RefreshToken', found),
        // A client that repeats these gets what is left: the grant limits the access token.
        scope: found.grantedScopes.join(' '),
        gty: 'authorization_code refresh_token',
        rotations: found.rotations,
        iiat: toEpoch(found.firstIssuedAt),
        ...(found.jkt === undefined ? {} : { jkt: found.jkt }),
      };
    },
    consume: async (id) => {
      const successor = newCredential('sdr');
      const consumption = await rotateRefreshToken(requireTransaction(), {
        ...presented(id, config),
        successor,
        retrySeconds: config.refreshRetrySeconds,
        resource: chosenAudience().audience?.resource,
      });
      switch (consumption.outcome) {
        case 'consumed': {
          const rotation = { presented: id, successor };
          return setRedemption({ familyId: consumption.familyId, rotation });
        }
        case 'replayed':
          return setRedemption({ replay: withinRequestedGrant(consumption.tokens) });
        case 'refused':
          throw new errors.InvalidGrant(consumption.reason);
      }
    },
  };
}

/**
 * Access tokens. The provider looks one up only to revoke it (introspection is ours, there is no
 * userinfo), so one is found in whatever state it is: an expired or superseded token still names
 * the grant that its client wants to end.
 */
export function accessTokenAdapter({ db, config }: AdapterDeps): PartialAdapter {
  return {
    ...ENDED_BY_THE_GRANT,
    upsert: async (id, payload) => {
      const redemption = requireRedemption();
      if ('replay' in redemption) {
        return;
      }
      const tx = requireTransaction();
      const token = newToken(id, payload);
      const { familyId, rotation } = redemption;
      const { audience } = chosenAudience();
      await issueAccessToken(tx, { ...token, familyId, audience });
      if (rotation !== undefined && config.refreshRetrySeconds > 0) {
        const { presented, successor: refreshToken } = rotation;
        const values = { presented, accessToken: id, refreshToken };
        await storeReplay(tx, token.grantId, values, config.refreshRetrySeconds);
      }
    },
    find: async (id) => {
      const found = await findAccessToken(currentTransaction() ?? db, id);
      return found && foundToken(id, 'AccessToken', found);
    },
  };
}

function newToken(value: string, payload: AdapterPayload): NewToken {
  if (payload.grantId === undefined || payload.exp === undefined) {
    throw new Error('a token needs a grant and an end');
  }
  return {
    value,
    grantId: payload.grantId,
    scopes: payload.scope?.split(' ').filter((scope) => scope !== '') ?? [],
    // A code has the second name.
    jkt: payload.jkt ?? payload.dpopJkt,
    issuedAt: fromEpoch(payload.iat ?? nowEpoch()),
    expiresAt: fromEpoch(payload.exp),
  };
}

/** Without `exp`: the callers have already checked the expiry. */
function foundToken(jti: string, kind: string, found: FoundToken): AdapterPayload {
  return {
    jti,
    kind,
    accountId: found.userId,
    clientId: found.clientId,
    grantId: found.grantId,
    scope: found.scopes.join(' '),
    iat: toEpoch(found.issuedAt),
  };
}

/**
 * A code or refresh token for the provider. At the revocation endpoint, one that can't be used any
 * more is as good as another.
 */
function grantSource(jti: string, kind: string, found: RedeemableToken): AdapterPayload {
  if (found.invalidReason === undefined) {
    noteActiveUser(found.userId);
  }
  return {
    ...foundToken(jti, kind, found),
    ...(found.consumed ? { consumed: true } : {}),
  };
}

function presented(value: string, { refreshTokenTtl }: AdapterDeps['config']): Presented {
  return {
    value,
    origin: Provider.ctx && originOf(Provider.ctx),
    grantExpiresAt: fromEpoch(nowEpoch() + refreshTokenTtl),
  };
}

/**
 * Takes away the scopes that were removed from the grant or the application since these tokens were
 * issued. The tokens stay the same: what they open is read from there.
 * @throws InvalidScope if no scope is left, as for a first use
 */
function withinRequestedGrant(tokens: IssuedTokens): IssuedTokens {
  const scope = Provider.ctx?.oidc.entities.Grant?.getOIDCScopeFiltered(new Set(tokens.scopes));
  if (!scope) {
    throw new errors.InvalidScope('the user took away every scope of this token', '');
  }
  return { ...tokens, scopes: scope.split(' ') };
}
