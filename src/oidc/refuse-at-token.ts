import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, decodeProtectedHeader } from 'jose';
import { errors, type KoaContextWithOIDC, Provider } from 'oidc-provider';
import { revokeGrant } from '../grants/revoke.ts';
import { originOf } from '../http/origin.ts';
import type {
  FoundAuthorizationCode,
  FoundRefreshToken,
  RedeemableToken,
} from '../tokens/token.ts';
import { requireTransaction } from './current-transaction.ts';
import { findObstacle } from './still-allowed.ts';

/** Reasons in the words of the provider, by which the error log distinguishes the two. */
const REUSED = {
  code: 'authorization code already consumed',
  refresh_token: 'refresh token already used',
} as const;

/** The same, also from the provider itself; the grant has been ended by then. */
export const REUSE: ReadonlySet<string> = new Set(Object.values(REUSED));

/**
 * Refuses a code or refresh token that its own client presents at the token endpoint and that
 * cannot be used, with the reason. Re-use is checked before every other reason, so that theft is
 * detected also after the code expired, while the application is suspended, and after the user was
 * deactivated.
 *
 * Re-use is a second request that would have been right as a first one: by the client itself, with
 * the key or the verifier that the first one needed. A code from a browser history or a log is not
 * enough to end a grant.
 * @param isRight tests the rest of the request
 * @throws InvalidGrant, InvalidScope
 * @see RFC 6749 §4.1.2, RFC 9700 §4.14.2
 */
export async function refuseAtToken(
  found: RedeemableToken,
  kind: keyof typeof REUSED,
  isRight: (ctx: KoaContextWithOIDC) => boolean,
): Promise<void> {
  const ctx = ownTokenRequest(found);
  if (ctx === undefined) {
    return;
  }
  if (found.consumed && isRight(ctx) && (await hasKey(ctx, found))) {
    const ended = await revokeGrant(requireTransaction(), found.grantId, {
      reason: 'reuse_detected',
      actor: 'system',
      origin: originOf(ctx),
    });
    throw new errors.InvalidGrant(ended ? REUSED[kind] : (found.invalidReason ?? REUSED[kind]));
  }
  if (found.invalidReason !== undefined) {
    throw new errors.InvalidGrant(found.invalidReason);
  }
  if (found.scopes.length === 0) {
    throw new errors.InvalidScope('the user took away every scope of this token', '');
  }
}

/**
 * Refuses a code whose request would no longer be allowed, or whose application has other redirect
 * hosts or keys than those that the user saw.
 * @throws InvalidGrant
 */
export function refuseChanged(found: FoundAuthorizationCode): void {
  const ctx = ownTokenRequest(found);
  const obstacle = ctx && findObstacle(ctx.oidc.client, found, found.userId);
  if (obstacle !== undefined) {
    throw new errors.InvalidGrant(obstacle);
  }
  if (ctx !== undefined && found.trustChanged) {
    throw new errors.InvalidGrant('trust_changed');
  }
}

/**
 * Refuses a refresh that only asks for scopes that the user or the application's owner took away.
 * @throws InvalidScope
 * @see RFC 6749 §6
 */
export function refuseRemovedScopes(found: FoundRefreshToken): void {
  const { client, params } = ownTokenRequest(found)?.oidc ?? {};
  const scope = params?.scope;
  if (typeof scope !== 'string') {
    return;
  }
  const possible = client?.scope?.split(' ') ?? [];
  const asked = scope.split(' ');
  const isGranted = asked.every((one) => found.grantedScopes.includes(one));
  const isLeft = asked.some((one) => found.scopes.includes(one) && possible.includes(one));
  if (isGranted && !isLeft) {
    throw new errors.InvalidScope('every scope of this request was taken away', scope);
  }
}

/**
 * Returns a check of the parameters that a code was issued for.
 * @see RFC 6749 §4.1.3, RFC 7636 §4.6
 */
export function isRedemptionOf(code: FoundAuthorizationCode) {
  return (ctx: KoaContextWithOIDC): boolean => {
    const { redirect_uri, code_verifier } = ctx.oidc.params ?? {};
    const challenge =
      typeof code_verifier === 'string'
        ? createHash('sha256').update(code_verifier).digest('base64url')
        : undefined;
    return redirect_uri === code.redirectUri && challenge === code.codeChallenge;
  };
}

function ownTokenRequest(found: RedeemableToken): KoaContextWithOIDC | undefined {
  const ctx = Provider.ctx;
  return ctx?.oidc.route === 'token' && ctx.oidc.client?.clientId === found.clientId
    ? ctx
    : undefined;
}

/** The proof itself has been checked by now. @see RFC 9449 §5 */
async function hasKey(ctx: KoaContextWithOIDC, { jkt }: RedeemableToken): Promise<boolean> {
  if (jkt === undefined) {
    return true;
  }
  const proof = ctx.get('DPoP');
  const { jwk } = proof === '' ? {} : decodeProtectedHeader(proof);
  return jwk !== undefined && (await calculateJwkThumbprint(jwk)) === jkt;
}

/**
 * Adds the reason to a refused code or refresh token: the provider sends an `invalid_grant` without
 * one, which cannot be diagnosed. Only the token's own client gets it (`token-adapters.ts` checks
 * that).
 * @see RFC 6749 §5.2
 */
export function describeGrantError(ctx: KoaContextWithOIDC, error: errors.OIDCProviderError): void {
  const detail = error.error_detail;
  if (error.error !== 'invalid_grant' || detail === undefined || !isObject(ctx.body)) {
    return;
  }
  ctx.body = { ...ctx.body, error_description: REUSE.has(detail) ? 'reuse_detected' : detail };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
