import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
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
  replaceLoginPrompt(login);
  return [
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
 * Takes a sign-in after a pushed request was pushed as the one that its `prompt=login` asks for: a
 * person who was not signed in starts the request over, and `prompt` cannot be taken out of it.
 * A request that has reached consent has passed the sign-in, too.
 */
function replaceLoginPrompt(login: interactionPolicy.Prompt): void {
  const original = login.checks.get('login_prompt');
  if (original === undefined) {
    throw new Error('oidc-provider no longer checks prompt=login where this server replaces it');
  }
  const { description, check } = original;
  login.checks.remove('login_prompt');
  const replaced = new Check('login_prompt', description, 'login_required', (ctx) =>
    hasSignedIn(ctx) ? Check.NO_NEED_TO_PROMPT : check(ctx),
  );
  login.checks.add(replaced, 0);
}

function hasSignedIn({ oidc }: KoaContextWithOIDC): boolean {
  if (oidc.entities.Interaction?.prompt.name === 'consent') {
    return true;
  }
  const pushedAt = oidc.entities.PushedAuthorizationRequest?.iat;
  return pushedAt !== undefined && (oidc.session?.loginTs ?? 0) >= pushedAt;
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
