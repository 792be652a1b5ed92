import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import { asksForNewSignIn } from './read-parameters.ts';
import { ACCOUNT_SELECTED, promptsOf } from './restart-url.ts';
import { findObstacle, RequestStopped, requestedAccess } from './still-allowed.ts';

const { Check, Prompt, base } = interactionPolicy;

/**
 * Returns the policy for asking a person. Sign-in is the provider's, except for pushed requests.
 * Consent is asked for if no grant was loaded: `load-existing-grant.ts` loads only one that covers
 * the whole request, so the provider's own comparison of scopes is not needed.
 */
export function createInteractionPolicy() {
  const login = base().get('login');
  if (login === undefined) {
    throw new Error('oidc-provider no longer has a login prompt');
  }
  relaxLoginChecks(login);
  return [
    selectAccountPrompt(),
    login,
    new Prompt(
      { name: 'consent', requestable: true },
      new Check(
        'still_allowed',
        'the request is no longer allowed',
        'unauthorized_client',
        (ctx: KoaContextWithOIDC) => {
          assertStillAllowed(ctx);
          return Check.NO_NEED_TO_PROMPT;
        },
      ),
      new Check(
        'no_covering_grant',
        'the user has not allowed this request',
        'consent_required',
        (ctx: KoaContextWithOIDC) =>
          ctx.oidc.entities.Grant?.jti === undefined
            ? Check.REQUEST_PROMPT
            : Check.NO_NEED_TO_PROMPT,
      ),
      new Check(
        'approval_forced',
        'the request wants to be allowed anew',
        'consent_required',
        (ctx: KoaContextWithOIDC) =>
          ctx.oidc.params?.approval_prompt === 'force' && !ctx.oidc.result?.consent
            ? Check.REQUEST_PROMPT
            : Check.NO_NEED_TO_PROMPT,
      ),
    ),
  ];
}

/**
 * Lets the user select an account at the sign-in page, which the browser is redirected to. The
 * request starts over after that, so one that resumes has passed it; with `prompt=login` the user
 * selects the account by signing in.
 */
function selectAccountPrompt(): interactionPolicy.Prompt {
  const prompt = new Prompt({ name: 'select_account', requestable: true });
  relax(
    prompt,
    'select_account_prompt',
    ({ oidc, query }) =>
      oidc.entities.Interaction !== undefined ||
      promptsOf(oidc.params ?? {}).includes('login') ||
      (oidc.entities.PushedAuthorizationRequest !== undefined && ACCOUNT_SELECTED in query),
  );
  return prompt;
}

/**
 * Accepts a sign-in as the one that `prompt=login` or `max_age` requires if it was made for this
 * request, also when the user then takes longer over the consent page than `max_age` allows.
 */
function relaxLoginChecks(login: interactionPolicy.Prompt): void {
  relax(
    login,
    'login_prompt',
    (ctx) => !wantsOtherAccount(ctx) && (hasPassedSignIn(ctx.oidc) || hasSignedIn(ctx.oidc)),
    wantsOtherAccount,
  );
  relax(
    login,
    'max_age',
    ({ oidc }) => hasPassedSignIn(oidc) || (oidc.result !== undefined && 'login' in oidc.result),
    // The reason tells the sign-in page that no other account was asked for.
    ({ oidc }) => asksForNewSignIn(oidc.params ?? {}) && !hasSignedIn(oidc),
  );
}

/** Replaces a check of the provider by one that also passes if `isSatisfied`, and fails if `isRequired`. */
function relax(
  prompt: interactionPolicy.Prompt,
  name: string,
  isSatisfied: (ctx: KoaContextWithOIDC) => boolean,
  isRequired: (ctx: KoaContextWithOIDC) => boolean = () => false,
): void {
  const original = prompt.checks.get(name);
  if (original === undefined) {
    throw new Error(`oidc-provider no longer has the check ${name}`);
  }
  const { description, error, check } = original;
  const position = prompt.checks.indexOf(original);
  prompt.checks.remove(name);
  prompt.checks.add(
    new Check(name, description, error ?? `${prompt.name}_required`, (ctx) =>
      isSatisfied(ctx) ? Check.NO_NEED_TO_PROMPT : isRequired(ctx) || check(ctx),
    ),
    position,
  );
}

/**
 * Tests if a user leaves the consent page of a pushed request for another account: the parameters stay
 * where they were pushed, so `prompt` is beside them in the URL.
 */
function wantsOtherAccount({ oidc, query }: KoaContextWithOIDC): boolean {
  return (
    oidc.route === 'authorization' &&
    oidc.entities.PushedAuthorizationRequest !== undefined &&
    query.prompt === 'login'
  );
}

/** Tests if the request has reached the consent page: it has passed the sign-in before. */
function hasPassedSignIn({ entities }: KoaContextWithOIDC['oidc']): boolean {
  return entities.Interaction?.prompt.name === 'consent';
}

/**
 * Tests if the user has signed in since a pushed request was pushed: `prompt` cannot be taken out of
 * it when it starts over.
 */
function hasSignedIn({ entities, session }: KoaContextWithOIDC['oidc']): boolean {
  const pushedAt = entities.PushedAuthorizationRequest?.iat;
  return pushedAt !== undefined && (session?.loginTs ?? 0) >= pushedAt;
}

/**
 * Repeats the checks of the request: it may have waited for an hour, and the provider repeats none
 * when it resumes. An earlier grant does not help either, so this also ends a request that needs
 * no consent.
 * @throws RequestStopped
 */
function assertStillAllowed(ctx: KoaContextWithOIDC): void {
  const { client, params = {}, session } = ctx.oidc;
  const obstacle = findObstacle(client, requestedAccess(params), session?.accountId);
  if (obstacle !== undefined) {
    throw new RequestStopped(obstacle);
  }
}
