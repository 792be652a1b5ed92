import type { errors, KoaContextWithOIDC } from 'oidc-provider';

/** What the provider says of a used code or refresh token; by then the grant has been ended. */
const REUSE = new Set(['refresh token already used', 'authorization code already consumed']);

/**
 * Tells a client why its code or refresh token was refused: the provider keeps the reason to
 * itself, and an `invalid_grant` without one can't be diagnosed. It is the client's own token
 * (`token-adapters.ts` sees to that), so nothing is told to strangers.
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
