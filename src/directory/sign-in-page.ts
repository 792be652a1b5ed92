import type { Context } from 'koa';
import type { Db } from '../db/database.ts';
import type { Devices } from '../web/device.ts';
import { originOf } from '../web/origin.ts';
import { type SignInResult, signIn } from './sign-in.ts';
import type { Throttle } from './throttle.ts';

/** What a page with a sign-in form needs. */
export interface SignInPageDeps {
  readonly db: Db;
  readonly devices: Devices;
  readonly throttle: Throttle;
}

/** Takes what was typed into a sign-in form; where it is right, the browser is known from now on. */
export async function signInHere(
  deps: SignInPageDeps,
  ctx: Context,
  typed: { readonly email: string; readonly password: string },
): Promise<SignInResult> {
  const device = deps.devices.id(ctx);
  const result = await signIn(deps, { ...typed, origin: originOf(ctx), device });
  if (result.outcome === 'signed_in') {
    deps.devices.remember(ctx, device);
  }
  return result;
}
