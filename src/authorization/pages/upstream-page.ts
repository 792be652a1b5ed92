import type { Context } from 'koa';
import type { UpstreamLogin } from '../../sign-in/upstream/pages/sign-in-page.ts';
import type { PendingInteraction } from '../interaction.ts';
import type { InteractionRoutesDeps } from './interaction-page.ts';

/** The last part of the path that takes the provider's answer: where the request's cookie reaches. */
export const SIGNED_IN = 'signed-in';

/** Sends the person of a request that needs a sign-in on to the platform's own login. */
export function beginUpstream(
  upstream: UpstreamLogin,
  { config }: InteractionRoutesDeps,
  ctx: Context,
  interaction: PendingInteraction,
): Promise<void> {
  const { signInAnew, loginHint } = interaction;
  const maxAge = config.sessionTtl;
  return upstream.begin(ctx, { ...paths(interaction), anew: signInAnew, maxAge, loginHint });
}

/**
 * Sends the person to confirm there who they are, and keeps what they have ticked. Half of the time
 * that a sign-in counts as recent is left for the decision.
 */
export function confirmUpstream(
  upstream: UpstreamLogin,
  { config }: InteractionRoutesDeps,
  ctx: Context,
  interaction: PendingInteraction,
  page: {
    readonly email: string;
    readonly ticked: { readonly scopes: string[]; readonly organizers: string[] };
  },
): Promise<void> {
  return upstream.begin(ctx, {
    ...paths(interaction),
    anew: false,
    maxAge: Math.floor(config.recentSignInSeconds / 2),
    loginHint: page.email,
    carried: page.ticked,
  });
}

/**
 * Takes up a request whose person comes back from the platform's own login.
 * @param interaction undefined: the session that it belongs to has ended meanwhile, as it does when
 *   somebody else signs in there
 */
export async function completeUpstream(
  upstream: UpstreamLogin,
  deps: InteractionRoutesDeps,
  ctx: Context,
  interaction: PendingInteraction | undefined,
): Promise<void> {
  const signedIn = await upstream.complete(ctx);
  if (signedIn === undefined) {
    return;
  }
  const { next, restartAt } = signedIn;
  const userId = signedIn.user.id;
  await deps.sessions.signIn(ctx, userId, signedIn);
  ctx.status = 303;
  if (interaction === undefined || (interaction.userId ?? userId) !== userId) {
    // The request belongs to the other user's session: it starts over in one of this user's.
    return ctx.redirect(restartAt ?? next);
  }
  ctx.redirect(
    interaction.prompt === 'consent'
      ? next
      : await deps.interactions.finish(ctx, { kind: 'signed_in' }),
  );
}

function paths({ uid, userId, restartUrl }: PendingInteraction) {
  const { pathname, search } = new URL(restartUrl);
  return {
    returnTo: `/interaction/${uid}`,
    completeAt: `/interaction/${uid}/${SIGNED_IN}`,
    restartAt: userId === undefined ? undefined : pathname + search,
  };
}
