import type { Context } from 'koa';
import type { User } from '../../users/user.ts';
import type { Sessions, SignedIn } from './sessions.ts';

/** Returns the signed-in user and gives the page their language and header. */
export async function identify(
  deps: { sessions: Sessions },
  ctx: Context,
): Promise<SignedIn | undefined> {
  const signedIn = await deps.sessions.current(ctx);
  if (signedIn !== undefined) {
    greet(ctx, signedIn.user);
  }
  return signedIn;
}

/** Shows the page in the language of the user, and the user in its header. */
export function greet(ctx: Context, user: User): void {
  ctx.state.user = user;
  ctx.state.signedIn = {
    fullName: user.fullName,
    email: user.email,
    isOperator: user.isOperator,
  };
}
