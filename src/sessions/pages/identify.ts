import type { Context } from 'koa';
import type { Db } from '../../db/database.ts';
import { findActiveUser } from '../../users/find-user.ts';
import type { User } from '../../users/user.ts';
import type { Sessions } from './sessions.ts';

/** The signed-in user of a request. */
export interface Identified {
  readonly user: User;
  /** Time of the last authentication, here or at the upstream provider. */
  readonly authenticatedAt: Date;
  /** Names the session inside the server; opens nothing. */
  readonly sessionUid: string;
}

/** Returns the signed-in user and gives the page their language and header. */
export async function identify(
  deps: { db: Db; sessions: Sessions },
  ctx: Context,
): Promise<Identified | undefined> {
  const signedIn = await deps.sessions.current(ctx);
  const user = signedIn && (await findActiveUser(deps.db, signedIn.userId));
  if (signedIn === undefined || user === undefined) {
    return undefined;
  }
  greet(ctx, user);
  const { authenticatedAt, sessionUid } = signedIn;
  return { user, authenticatedAt, sessionUid };
}

/** Shows the page in the language of the user, and the user in its header. */
export function greet(ctx: Context, user: User): void {
  ctx.state.user = user;
  ctx.state.signedIn = { fullName: user.fullName, email: user.email };
}
