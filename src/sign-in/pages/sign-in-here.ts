import type { Context } from 'koa';
import { originOf } from '../../http/origin.ts';
import type { Devices } from '../../sessions/pages/device-cookie.ts';
import type { Sessions } from '../../sessions/pages/sessions.ts';
import type { PasswordResult } from '../change-password.ts';
import type { GuessOrigin } from '../guess-guard.ts';
import { type SignInDeps, type SignInResult, signIn } from '../sign-in.ts';

/** Dependencies of a page with a password field. */
export interface SignInPageDeps extends SignInDeps {
  readonly devices: Devices;
  readonly sessions: Sessions;
}

/** Signs in with the typed address and password, and remembers the browser if they are right. */
export async function signInHere(
  deps: SignInPageDeps,
  ctx: Context,
  typed: { readonly email: string; readonly password: string },
): Promise<SignInResult> {
  const device = deps.devices.id(ctx);
  const result = await signIn(deps, {
    ...typed,
    from: await guessOriginOf(deps, ctx),
    device,
    begin: (user) => deps.sessions.signIn(ctx, user.id),
  });
  if (result.outcome === 'signed_in') {
    deps.devices.remember(ctx, device);
  }
  return result;
}

/** Returns where a typed password comes from: the network, the browser and its session. */
export async function guessOriginOf(
  { devices, sessions }: Pick<SignInPageDeps, 'devices' | 'sessions'>,
  ctx: Context,
): Promise<GuessOrigin> {
  const signedIn = await sessions.current(ctx);
  const session = signedIn && { userId: signedIn.user.id, sessionUid: signedIn.sessionUid };
  return { origin: originOf(ctx), device: devices.sent(ctx), session };
}

/** Sets `Retry-After` if a password was not checked because of a limit. */
export function setRetryAfter(ctx: Context, result: SignInResult | PasswordResult): void {
  if ('retrySeconds' in result) {
    ctx.set('Retry-After', String(result.retrySeconds));
  }
}
