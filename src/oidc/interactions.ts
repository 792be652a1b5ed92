import type { Context } from 'koa';
import type { InteractionResults, Provider } from 'oidc-provider';
import { isSameAs } from '../applications/candidate.ts';
import { hasUnsafeName } from '../applications/safe-name.ts';
import {
  type ClosedInteraction,
  type Decision,
  isForeign,
  type PendingInteraction,
} from '../authorization/interaction.ts';
import type { Interactions } from '../authorization/pages/interactions.ts';
import type { Config } from '../config/config.ts';
import type { Db } from '../db/database.ts';
import { sendsCookies } from '../http/cookies.ts';
import { setUiLocales } from '../http/locale.ts';
import { ownValue } from '../lib/own-value.ts';
import { selectResources } from '../resource-servers/resource-store.ts';
import { selectSession } from '../sessions/session-store.ts';
import { COOKIE_OPTIONS, sessionIdOf } from './cookies.ts';
import { currentTransaction } from './current-transaction.ts';
import { describeClosedInteraction } from './describe-closed-interaction.ts';
import type { FlowRows } from './flow-store.ts';
import { withKnownRows } from './known-rows.ts';
import { readFlow } from './read-flow.ts';
import { restartPath, waitingUrl } from './restart-url.ts';
import { findObstacle, requestedAccess } from './still-allowed.ts';
import { isOwnTrial } from './trials.ts';

type Interaction = InstanceType<Provider['Interaction']>;
type Session = InstanceType<Provider['Session']>;

/** The interaction pages' way to the provider. */
export function createInteractions(deps: {
  provider: Provider;
  db: Db;
  config: Config;
}): Interactions {
  const { provider, config, db } = deps;
  const closed = { db, issuer: config.issuer };
  return {
    find: async (ctx) => {
      const uid: unknown = ctx.params.uid;
      const id = ctx.cookies.get(provider.cookieName('interaction'), COOKIE_OPTIONS);
      const sessionId = sessionIdOf(provider, ctx) ?? '';
      if (id === undefined || id !== uid) {
        const session = await selectSession(currentTransaction() ?? db, sessionId);
        const over = await describeClosedInteraction(closed, uid, session?.user.id);
        return withCookieProblem(ctx, over);
      }
      const keys = { sessionId, interactionId: id };
      return withKnownRows(async () => {
        const rows = await readFlow(db, keys);
        const model = await provider.Interaction.find(id);
        const userId = rows.session?.user.id;
        if (model === undefined) {
          return describeClosedInteraction(closed, uid, userId);
        }
        setUiLocales(ctx, model.params.ui_locales);
        const session = { uid: rows.session?.uid ?? '', accountId: userId };
        const reason =
          findForeignSession(model, session) ??
          findChange(config, rows) ??
          (await findStopped(deps, model));
        return reason === undefined
          ? toPending(model, rows, config.issuer)
          : {
              reason,
              application: (await describeClosedInteraction(closed, uid, userId)).application,
              restartAt:
                isForeign(reason) || reason === 'application_changed'
                  ? restartPath(config.issuer, model)
                  : undefined,
            };
      });
    },
  };
}

/** A form without any cookie comes from a browser that no longer sends them: its page had one. */
function withCookieProblem(ctx: Context, closed: ClosedInteraction): ClosedInteraction {
  return closed.reason === 'other_browser' && ctx.method === 'POST' && !sendsCookies(ctx)
    ? { ...closed, reason: 'no_cookies' }
    : closed;
}

/**
 * Compares the session that began a request with the session of this browser. A request that
 * began before sign-in belongs to the browser that has its cookie.
 */
export function findForeignSession(
  interaction: Interaction,
  session: Pick<Session, 'uid' | 'accountId'>,
): 'other_user' | 'signed_out' | undefined {
  const began = interaction.session;
  if (began === undefined || (began.uid === session.uid && began.accountId === session.accountId)) {
    return undefined;
  }
  return session.accountId === undefined || session.accountId === began.accountId
    ? 'signed_out'
    : 'other_user';
}

/**
 * Compares the details that the user saw with the row, which others may have caused meanwhile. A name
 * that looks like one that was reviewed since then is a change, too.
 */
function findChange(
  config: Config,
  { interaction, client }: FlowRows,
): 'application_changed' | undefined {
  const seen = interaction?.candidate;
  if (seen === undefined || client === undefined) {
    return undefined;
  }
  const { application } = client;
  return isSameAs(application, seen) && !hasUnsafeName(config, application)
    ? undefined
    : 'application_changed';
}

/** At the sign-in page, the review does not matter yet: the owner may be about to sign in. */
async function findStopped(
  { provider, db }: { readonly provider: Provider; readonly db: Db },
  { params, prompt, session }: Interaction,
): Promise<ClosedInteraction['reason'] | undefined> {
  const client = await provider.Client.find(String(params.client_id));
  const userId = prompt.name === 'login' ? undefined : session?.accountId;
  const obstacle = findObstacle(client, requestedAccess(params), userId);
  const keys = resourcesIn(params);
  if (obstacle !== undefined || keys.length === 0) {
    return obstacle;
  }
  const found = await selectResources(currentTransaction() ?? db, keys);
  return found.length < keys.length ? 'resource_removed' : undefined;
}

function resourcesIn({ resource }: Readonly<Record<string, unknown>>): string[] {
  return [resource ?? []].flat().map(String);
}

function toPending(model: Interaction, rows: FlowRows, issuer: string): PendingInteraction {
  const param = (name: string) => {
    const value = ownValue(model.params, name);
    return typeof value === 'string' ? value : undefined;
  };
  return {
    uid: model.uid,
    prompt: model.prompt.name === 'login' ? 'login' : 'consent',
    scopes: (param('scope') ?? '').split(' '),
    resources: resourcesIn(model.params),
    redirectUri: param('redirect_uri') ?? '',
    isTrial:
      rows.client !== undefined &&
      isOwnTrial(issuer, rows.client.application, param('redirect_uri') ?? ''),
    loginHint: param('login_hint'),
    signInAnew: model.prompt.reasons.includes('login_prompt'),
    signInIsOld: model.prompt.reasons.includes('max_age'),
    // A request from before a sign-in has none; `findForeignSession` has compared all others.
    user: model.session && rows.session?.user,
    authenticatedAt: rows.session?.authenticatedAt,
    application: rows.client?.application,
    candidate: rows.interaction?.candidate,
    get restartUrl() {
      return waitingUrl(issuer, model);
    },
    decidedUrl: model.result === undefined ? undefined : model.returnTo,
    finish: async (decision) => {
      model.result = toResult(decision);
      await model.persist();
      return model.returnTo;
    },
  };
}

/**
 * The browser already has its session, and the sign-in lasts only as long as that. From an account
 * ID the provider would begin another session; a null login only reports that the sign-in was
 * requested.
 */
const SIGNED_IN: Readonly<Record<string, unknown>> = { login: null };

function toResult(decision: Decision): InteractionResults {
  switch (decision.kind) {
    case 'signed_in':
      return SIGNED_IN as InteractionResults;
    case 'allowed':
      return { consent: { grantId: decision.grantId } };
    case 'denied':
      return { error: 'access_denied', error_description: 'the user denied the request' };
  }
}
