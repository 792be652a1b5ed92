import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Config } from '../config/config.ts';
import { nowEpoch } from './time.ts';

type Lifetimes = Pick<Config, 'sessionTtl' | 'sessionIdleTtl'>;

/** A session's end is written again when it would move by more than this, in seconds. */
export const WRITE_AFTER = 60;

/**
 * Returns the seconds that a session lives from now: until it idles out, at most until its absolute
 * end.
 * @param loginTs time of the last authentication, seconds since 1970; undefined before sign-in
 */
export function sessionLifetime(config: Lifetimes, loginTs: number | undefined): number {
  const absolute =
    loginTs === undefined ? config.sessionTtl : loginTs + config.sessionTtl - nowEpoch();
  return Math.max(1, Math.min(config.sessionIdleTtl, absolute));
}

/**
 * The lifetime of a new token in seconds: `ttl`, but not past the end that its user has set for the
 * grant, so that `expires_in` is true.
 */
export function withinGrant(ctx: KoaContextWithOIDC, ttl: number): number {
  const end = ctx.oidc.entities.Grant?.exp;
  return end === undefined ? ttl : Math.max(1, Math.min(ttl, end - nowEpoch()));
}
