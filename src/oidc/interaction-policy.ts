import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';

const { Check, Prompt, base } = interactionPolicy;

/**
 * When a person is asked. Sign-in is as the provider has it. Consent is asked for whenever no
 * grant was loaded: `load-existing-grant.ts` loads only one that covers the whole request, so
 * the provider's own comparison of scopes has nothing left to find.
 */
export function createInteractionPolicy() {
  const login = base().get('login');
  if (login === undefined) {
    throw new Error('oidc-provider no longer has a login prompt');
  }
  return [
    login,
    new Prompt(
      { name: 'consent', requestable: true },
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
