import type { Context } from 'koa';
import { originOf } from '../../http/origin.ts';
import type { Devices } from '../../sessions/pages/device-cookie.ts';
import type { Sessions } from '../../sessions/pages/sessions.ts';
import type { GuessOrigin } from '../guess-guard.ts';
import { type SignInDeps, type SignInResult, signIn } from '../sign-in.ts';

/** What a page with a sign-in form needs. */
export interface SignInPageDeps extends SignInDeps {
  readonly devices: Devices;
  readonly sessions: Sessions;
}

/**
 * Takes what was typed into a sign-in form; where it is right, the browser is signed in, and known
 * from now on.
 */
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

/** Reads where a password comes from. */
export async function guessOriginOf(
  { devices, sessions }: Pick<SignInPageDeps, 'devices' | 'sessions'>,
  ctx: Context,
): Promise<GuessOrigin> {
  const session = await sessions.current(ctx);
  return { origin: originOf(ctx), device: devices.sent(ctx), session };
}
