import type { Context } from 'koa';
import { PageAnswer, seeOther } from '../../http/page.ts';
import type { UpstreamLogin } from '../../sign-in/upstream/pages/upstream-login.ts';
import type { PendingInteraction } from '../interaction.ts';
import type { InteractionDeps } from './interactions.ts';

/** Last part of the path that takes the provider's answer. The cookie of the request is sent there. */
export const SIGNED_IN = 'signed-in';

/** Redirects a request that needs a sign-in to the platform's own login. */
export function beginUpstream(
  upstream: UpstreamLogin,
  { config }: InteractionDeps,
  ctx: Context,
  interaction: PendingInteraction,
): Promise<PageAnswer> {
  const { signInAnew, user, loginHint } = interaction;
  // A signed-in user is here because the request requires a newer sign-in.
  const anew = signInAnew || user !== undefined;
  const maxAge = config.sessionTtl;
  return upstream.begin(ctx, { ...paths(interaction), anew, maxAge, loginHint });
}

/**
 * Redirects to the platform's own login to confirm the sign-in, and keeps the selection. Half of the
 * time that a sign-in counts as recent is left for the decision.
 */
export function confirmUpstream(
  upstream: UpstreamLogin,
  { config }: InteractionDeps,
  ctx: Context,
  interaction: PendingInteraction,
  page: {
    readonly email: string;
    readonly ticked: Record<'scopes' | 'organizers' | 'ends' | 'previous', string[]>;
  },
): Promise<PageAnswer> {
  return upstream.begin(ctx, {
    ...paths(interaction),
    anew: false,
    maxAge: Math.floor(config.recentSignInSeconds / 2),
    loginHint: page.email,
    carried: page.ticked,
  });
}

/**
 * Continues a request after the sign-in at the platform's own login.
 * @param interaction undefined: its session has ended meanwhile, because another user has signed in
 *   there for example
 */
export async function completeUpstream(
  upstream: UpstreamLogin,
  deps: InteractionDeps,
  ctx: Context,
  interaction: PendingInteraction | undefined,
): Promise<PageAnswer> {
  const signedIn = await upstream.complete(ctx);
  if (signedIn instanceof PageAnswer) {
    return signedIn;
  }
  const { next, restartAt } = signedIn;
  const userId = signedIn.user.id;
  await deps.sessions.signIn(ctx, userId, signedIn);
  if (interaction === undefined || (interaction.user?.id ?? userId) !== userId) {
    // The request belongs to the other user's session: it starts over in one of this user's.
    return seeOther(restartAt ?? next);
  }
  return seeOther(
    interaction.prompt === 'consent' ? next : await interaction.finish({ kind: 'signed_in' }),
  );
}

function paths({ uid, user, restartUrl }: PendingInteraction) {
  const { pathname, search } = new URL(restartUrl);
  return {
    returnTo: `/interaction/${uid}`,
    completeAt: `/interaction/${uid}/${SIGNED_IN}`,
    restartAt: user === undefined ? undefined : pathname + search,
  };
}
