import type { Context } from 'koa';
import { z } from 'zod';
import { list, parseForm, text } from '../../http/form.ts';
import { type PageAnswer, render, seeOther } from '../../http/page.ts';
import { greet } from '../../sessions/pages/sessions.ts';
import { setRetryAfter, signInHere } from '../../sign-in/pages/sign-in-here.ts';
import { checkChoice } from '../check-choice.ts';
import { type Choice, ENDS, PREVIOUS } from '../choice.ts';
import { type ConsentDescription, type ConsentRequest, describeConsent } from '../describe.ts';
import type { PendingInteraction } from '../interaction.ts';
import { type ConsentErrors, presentConsent } from './consent-presenters.ts';
import { decide } from './decide.ts';
import type { InteractionDeps } from './interactions.ts';
import { confirmUpstream } from './upstream-page.ts';

const unique = list.transform((values) => [...new Set(values)]);
const choiceOf = z.object({
  scopes: unique,
  organizers: unique,
  ends: text.transform((value) => value || ENDS[0]).pipe(z.enum(ENDS)),
  previous: text.transform((value) => value || PREVIOUS[0]).pipe(z.enum(PREVIOUS)),
});
const form = choiceOf.extend({
  decision: text.pipe(z.enum(['allow', 'deny'])),
  apis: text,
  earlier: text,
  password: text,
});

/** Statuses of the page after a password that was not accepted. */
const STATUS = { wrong: 400, throttled: 429, busy: 503 } as const;

/** Shows what the application asks for. */
export async function showConsent(
  deps: InteractionDeps,
  ctx: Context,
  interaction: PendingInteraction,
): Promise<PageAnswer> {
  const request = await describeConsent(deps, interaction);
  const old = signInIsOld(deps, interaction);
  const choice = await selectedBefore(deps, ctx);
  return show(deps, ctx, interaction, request, { choice, old, errors: {} });
}

/**
 * Denies the request, or allows what was selected: all of it or nothing.
 * @returns undefined if no consent is waiting, the sign-in is too old, or the selection is refused
 */
export async function decideAtOnce(
  deps: InteractionDeps,
  ctx: Context,
  fields: URLSearchParams,
): Promise<PageAnswer | undefined> {
  if (!fields.has('decision')) {
    return undefined;
  }
  const { decision, password, ...choice } = parseForm(form, fields);
  return decide(deps, ctx, (request, interaction) => {
    if (decision === 'deny') {
      return { kind: 'deny' };
    }
    const isRefused = signInIsOld(deps, interaction) || checkChoice(request, choice) !== undefined;
    return isRefused ? { kind: 'undecided' } : { kind: 'allow', choice };
  });
}

/** Answers a form that could not be decided at once: with the page again, or after a sign-in. */
export async function answerConsent(
  deps: InteractionDeps,
  ctx: Context,
  interaction: PendingInteraction,
  fields: URLSearchParams,
): Promise<PageAnswer> {
  const { decision, password, ...choice } = parseForm(form, fields);
  const request = await describeConsent(deps, interaction);
  const old = signInIsOld(deps, interaction);
  if (old && deps.upstream !== undefined) {
    const { scopes, organizers, ends, previous } = choice;
    const ticked = { scopes, organizers, ends: [ends], previous: [previous] };
    const page = { email: request.user.email, ticked };
    return confirmUpstream(deps.upstream, deps, ctx, interaction, page);
  }
  const passwordError = old ? await renewSignIn(deps, ctx, request, password) : undefined;
  const errors = { ...checkChoice(request, choice), password: passwordError };
  if (Object.values(errors).some((error) => error !== undefined)) {
    const state = { choice, old: passwordError !== undefined, errors };
    return show(deps, ctx, interaction, request, state, STATUS[passwordError ?? 'wrong']);
  }
  const decided = await decide(deps, ctx, (current) =>
    // Once more, with the directory as it is inside the transaction.
    checkChoice(current, choice) === undefined ? { kind: 'allow', choice } : { kind: 'undecided' },
  );
  return decided ?? seeOther(ctx.path);
}

function show(
  deps: InteractionDeps,
  ctx: Context,
  interaction: PendingInteraction,
  request: ConsentDescription,
  state: {
    /** The selected boxes; undefined: the defaults. */
    readonly choice: Choice | undefined;
    /** The sign-in is too old for consent. */
    readonly old: boolean;
    readonly errors: ConsentErrors;
  },
  status = 200,
): PageAnswer {
  greet(ctx, request.user);
  const props = presentConsent(request, {
    choice: state.choice,
    errors: state.errors,
    askPassword: state.old && deps.upstream === undefined,
    confirmAt: state.old ? deps.upstream?.host : undefined,
    locale: deps.renderer.locale(ctx),
    config: deps.config,
    // With the query: the page stays in its language.
    action: ctx.path + ctx.search,
    switchAccount: switchAccountUrl(interaction.restartUrl),
  });
  return render('authorization/consent', props, status);
}

/** Returns the URL of the same request with a sign-in first. */
function switchAccountUrl(restartUrl: string): string {
  const url = new URL(restartUrl);
  const prompts = url.searchParams.get('prompt')?.split(' ') ?? [];
  url.searchParams.set('prompt', ['login', ...prompts].join(' '));
  return url.pathname + url.search;
}

/** Tests if the sign-in is too old for consent: then the page asks for the password. */
function signInIsOld(
  { config }: InteractionDeps,
  { authenticatedAt }: PendingInteraction,
): boolean {
  const oldest = Date.now() - config.recentSignInSeconds * 1000;
  return authenticatedAt === undefined || authenticatedAt.getTime() < oldest;
}

/**
 * Signs in with the repeated password, even if another field of the page has an error: the user is
 * not asked for it again.
 */
async function renewSignIn(
  deps: InteractionDeps,
  ctx: Context,
  { user: { email } }: ConsentRequest,
  password: string,
): Promise<ConsentErrors['password']> {
  const result = await signInHere(deps, ctx, { email, password });
  setRetryAfter(ctx, result);
  return result.outcome === 'signed_in' ? undefined : result.outcome;
}

/** Returns what was selected before the user went to confirm the sign-in elsewhere. */
async function selectedBefore(deps: InteractionDeps, ctx: Context): Promise<Choice | undefined> {
  const carried = await deps.upstream?.restoreForm(ctx);
  return carried && choiceOf.parse(carried);
}
