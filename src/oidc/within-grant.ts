import type { KoaContextWithOIDC } from 'oidc-provider';
import { nowEpoch } from './time.ts';

/**
 * The lifetime of a new token in seconds: `ttl`, but not past the end that its user has set for the
 * grant, so that `expires_in` is true.
 */
export function withinGrant(ctx: KoaContextWithOIDC, ttl: number): number {
  const end = ctx.oidc.entities.Grant?.exp;
  return end === undefined ? ttl : Math.max(1, Math.min(ttl, end - nowEpoch()));
}
