import { errors, type InteractionResults, type Provider } from 'oidc-provider';
import type { Decision, PendingInteraction } from '../authorization/interaction.ts';
import type { Interactions } from '../authorization/interaction-page.ts';
import type { Config } from '../config.ts';
import type { Db } from '../db/database.ts';
import { ownValue } from '../own-value.ts';
import { describeOver } from './describe-over.ts';
import { promptsOf, restartUrl } from './restart-url.ts';

type Model = Awaited<ReturnType<Provider['interactionDetails']>>;

/** The interaction pages' way to the provider. */
export function createInteractions(deps: {
  provider: Provider;
  db: Db;
  config: Config;
}): Interactions {
  const { provider, config } = deps;
  return {
    find: async (ctx) => {
      const uid: unknown = ctx.params.uid;
      try {
        const model = await provider.interactionDetails(ctx.req, ctx.res);
        return model.uid === uid
          ? toPending(model, config.issuer)
          : await describeOver(deps.db, uid);
      } catch (error) {
        if (error instanceof errors.SessionNotFound) {
          const over = await describeOver(deps.db, uid);
          return error.error_description?.startsWith('session') && over.reason !== 'answered'
            ? { ...over, reason: 'other_user' }
            : over;
        }
        throw error;
      }
    },
    finish: (ctx, decision) =>
      provider.interactionResult(ctx.req, ctx.res, toResult(decision), {
        mergeWithLastSubmission: false,
      }),
  };
}

function toPending(model: Model, issuer: string): PendingInteraction {
  const param = (name: string) => {
    const value = ownValue(model.params, name);
    return typeof value === 'string' ? value : undefined;
  };
  return {
    uid: model.uid,
    prompt: model.prompt.name === 'login' ? 'login' : 'consent',
    clientId: param('client_id') ?? '',
    scopes: (param('scope') ?? '').split(' '),
    redirectUri: param('redirect_uri') ?? '',
    loginHint: param('login_hint'),
    signInAnew: promptsOf(model.params).includes('login'),
    uiLocales: param('ui_locales'),
    userId: model.session?.accountId,
    restartUrl: restartUrl(issuer, model.params),
    decidedUrl: model.result === undefined ? undefined : model.returnTo,
  };
}

/**
 * The browser has its session already, and only as long as that lives is anybody signed in: the
 * provider would begin another one from an account that it is told. It only wants to know that the
 * sign-in has been asked for.
 */
const SIGNED_IN: InteractionResults = JSON.parse('{ "login": null }');

function toResult(decision: Decision): InteractionResults {
  switch (decision.kind) {
    case 'signed_in':
      return SIGNED_IN;
    case 'allowed':
      return { consent: { grantId: decision.grantId } };
    case 'denied':
      return { error: 'access_denied', error_description: 'the user denied the request' };
  }
}
