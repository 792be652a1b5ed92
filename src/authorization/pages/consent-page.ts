import type { Context } from 'koa';
import { originOf } from '../../http/origin.ts';
import type { ConsentProps } from '../../http/views.ts';
import { StagedoorError } from '../../lib/errors.ts';
import { setRetryAfter, signInHere } from '../../sign-in/pages/sign-in-here.ts';
import type { SignInResult } from '../../sign-in/sign-in.ts';
import { approveConsent, type Choice, checkChoice } from '../approve.ts';
import { denyConsent } from '../deny.ts';
import { type ConsentRequest, describeConsent } from '../describe.ts';
import { isPending, type PendingInteraction } from '../interaction.ts';
import type { InteractionRoutesDeps } from './interaction-page.ts';
import { presentConsent } from './presenters.ts';
import { confirmUpstream } from './upstream-page.ts';

/** Shows what the application asks for. */
export async function showConsent(
  deps: InteractionRoutesDeps,
  ctx: Context,
  interaction: PendingInteraction,
): Promise<void> {
  const request = await describe(deps, interaction);
  const old = await signInIsOld(deps, ctx);
  const choice = await tickedBefore(deps, ctx);
  render(deps, ctx, interaction, request, { choice, old, errors: {} });
}

/** Takes the answer: nothing is allowed unless all of it can be. */
export async function answerConsent(
  deps: InteractionRoutesDeps,
  ctx: Context,
  interaction: PendingInteraction,
  form: URLSearchParams,
): Promise<void> {
  const decision = form.get('decision');
  if (decision === 'deny') {
    return decide(deps, ctx, (request) => ({ kind: 'deny', request }));
  }
  if (decision !== 'allow') {
    throw new StagedoorError('validation_failed', 'decision must be allow or deny.');
  }
  const request = await describe(deps, interaction);
  const choice = { scopes: unique(form, 'scopes'), organizers: unique(form, 'organizers') };
  const old = await signInIsOld(deps, ctx);
  if (old && deps.upstream !== undefined) {
    const page = { email: request.user.email, ticked: choice };
    return confirmUpstream(deps.upstream, deps, ctx, interaction, page);
  }
  const passwordError = old ? await renewSignIn(deps, ctx, request, form) : undefined;
  const errors = { ...checkChoice(request, choice), ...passwordError };
  if (Object.keys(errors).length > 0) {
    const state = { choice, old: passwordError !== undefined, errors };
    return render(
      deps,
      ctx,
      interaction,
      request,
      state,
      STATUS[passwordError?.password ?? 'wrong'],
    );
  }
  return decide(deps, ctx, (current) =>
    // Once more, on the directory as it is inside the transaction.
    checkChoice(current, choice) === undefined
      ? { kind: 'allow', request: current, choice }
      : { kind: 'stale' },
  );
}

/** Statuses of the page after a password that was not taken. */
const STATUS = { wrong: 400, throttled: 429, busy: 503 } as const;

type Verdict =
  | { readonly kind: 'deny'; readonly request: ConsentRequest }
  | {
      readonly kind: 'allow';
      readonly request: ConsentRequest;
      readonly choice: Choice;
    }
  | { readonly kind: 'stale' };

/**
 * Grant, log entry, mail and the request's own progress in one transaction, with the request's
 * row locked: a form that is posted twice leads to one grant and twice to the same answer.
 */
async function decide(
  deps: InteractionRoutesDeps,
  ctx: Context,
  judge: (request: ConsentRequest) => Verdict,
): Promise<void> {
  const origin = originOf(ctx);
  const next = await deps.inTransaction(async (tx) => {
    const interaction = await deps.interactions.find(ctx);
    if (!isPending(interaction)) {
      return ctx.path;
    }
    if (interaction.decidedUrl !== undefined) {
      return interaction.decidedUrl;
    }
    const verdict = judge(await describe({ ...deps, db: tx }, interaction));
    if (verdict.kind === 'stale') {
      return ctx.path;
    }
    if (verdict.kind === 'deny') {
      await denyConsent(tx, verdict.request, origin);
      return deps.interactions.finish(ctx, { kind: 'denied' });
    }
    const lifetime = deps.config.refreshTokenTtl;
    const { request, choice } = verdict;
    const pageLocale = deps.renderer.locale(ctx);
    const given = { origin, lifetime, pageLocale };
    const grantId = await approveConsent(tx, request, choice, given);
    return deps.interactions.finish(ctx, { kind: 'allowed', grantId });
  });
  ctx.status = 303;
  ctx.redirect(next);
}

function describe(
  deps: Pick<InteractionRoutesDeps, 'db' | 'config'>,
  interaction: PendingInteraction,
): Promise<ConsentRequest> {
  const { clientId, userId, scopes, redirectUri } = interaction;
  if (userId === undefined) {
    throw new StagedoorError('gone', 'The sign-in of this request has ended.');
  }
  return describeConsent(deps, { clientId, userId, scopes, redirectUri });
}

function render(
  deps: InteractionRoutesDeps,
  ctx: Context,
  interaction: PendingInteraction,
  request: ConsentRequest,
  state: {
    /** Selected items; undefined: the defaults of the page. */
    readonly choice: Choice | undefined;
    /** The sign-in is too old for consent. */
    readonly old: boolean;
    readonly errors: ConsentProps['errors'];
  },
  status = 200,
): void {
  const { user } = request;
  ctx.state.user = user;
  ctx.state.signedIn = { fullName: user.fullName, email: user.email };
  const props = presentConsent(request, {
    choice: state.choice,
    errors: state.errors,
    askPassword: state.old && deps.upstream === undefined,
    confirmAt: state.old ? deps.upstream?.host : undefined,
    locale: deps.renderer.locale(ctx),
    action: ctx.path,
    switchAccount: switchAccountUrl(interaction.restartUrl),
  });
  deps.renderer.page(ctx, 'authorization/consent', props, { status });
}

/** The same request, at the sign-in page first. */
function switchAccountUrl(restartUrl: string): string {
  const url = new URL(restartUrl);
  const prompts = url.searchParams.get('prompt')?.split(' ') ?? [];
  url.searchParams.set('prompt', ['login', ...prompts].join(' '));
  return url.pathname + url.search;
}

/** Consent wants a recent sign-in, or the password once more. */
async function signInIsOld(deps: InteractionRoutesDeps, ctx: Context): Promise<boolean> {
  const signedIn = await deps.sessions.current(ctx);
  const oldest = Date.now() - deps.config.recentSignInSeconds * 1000;
  return signedIn === undefined || signedIn.authenticatedAt.getTime() < oldest;
}

/**
 * Takes the repeated password. A right one renews the sign-in at once, so that it is not asked for
 * again when something else on the page has to be mended.
 */
async function renewSignIn(
  deps: InteractionRoutesDeps,
  ctx: Context,
  request: ConsentRequest,
  form: URLSearchParams,
): Promise<ConsentProps['errors'] | undefined> {
  const { email } = request.user;
  const password = form.get('password') ?? '';
  const result = await signInHere(deps, ctx, { email, password });
  const messages: Record<SignInResult['outcome'], ConsentProps['errors'] | undefined> = {
    signed_in: undefined,
    wrong: { password: 'wrong' },
    throttled: { password: 'throttled' },
    busy: { password: 'busy' },
  };
  setRetryAfter(ctx, result);
  return messages[result.outcome];
}

/** Returns the choice that was made before the user confirmed their identity. */
async function tickedBefore(
  deps: InteractionRoutesDeps,
  ctx: Context,
): Promise<Choice | undefined> {
  const carried = await deps.upstream?.recall(ctx);
  return carried && { scopes: carried.scopes ?? [], organizers: carried.organizers ?? [] };
}

function unique(form: URLSearchParams, name: string): string[] {
  return [...new Set(form.getAll(name))];
}
