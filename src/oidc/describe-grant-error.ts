import type { errors, KoaContextWithOIDC } from 'oidc-provider';

/**
 * Descriptions by the provider of a reused code or refresh token; the grant has been ended by then.
 */
export const REUSE = new Set(['refresh token already used', 'authorization code already consumed']);

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
