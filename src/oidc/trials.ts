import { AsyncLocalStorage } from 'node:async_hooks';
import type { Middleware } from 'koa';
import { type Client, errors, type KoaContextWithOIDC } from 'oidc-provider';
import { challengeOf, readTrial, type Trial, trialUri } from '../trials/trial.ts';

/*
 * The redirect URI of trials is allowed for one request only: that of the owner, in the browser and the
 * session that began the trial, with its `state` and challenge. It leads to a page of this server that
 * asks for the same, so a code there is of no use to anybody else.
 */

const storage = new AsyncLocalStorage<(clientId: string) => Trial | undefined>();

/** Lets the checks of a request know the trials that its browser has begun. */
export function noteTrials(cookieKeys: readonly string[], secure: boolean): Middleware {
  return (ctx, next) => {
    const { cookie } = ctx.headers;
    return cookie?.includes('stagedoor_trial')
      ? storage.run((clientId) => readTrial({ cookieKeys, secure }, cookie, clientId), next)
      : next();
  };
}

/** Tests if a redirect URI is that of a trial which the application's owner began in this browser. */
export function isOwnTrial(
  issuer: string,
  { clientId, ownerId }: { readonly clientId: string; readonly ownerId: unknown },
  redirectUri: string,
): boolean {
  if (redirectUri !== trialUri(issuer, clientId)) {
    return false;
  }
  const trial = storage.getStore()?.(clientId);
  return trial !== undefined && trial.userId === ownerId;
}

/**
 * Refuses a request for the redirect URI of a trial that is not the request which began it.
 * @throws InvalidRedirectUri
 */
export function refuseOtherThanTrial(
  issuer: string,
  { oidc }: KoaContextWithOIDC,
  { clientId, redirectUris = [] }: Client,
): void {
  const { params, session } = oidc;
  const uri = params?.redirect_uri;
  if (uri !== trialUri(issuer, clientId) || redirectUris.includes(uri)) {
    return;
  }
  const trial = storage.getStore()?.(clientId);
  const isIt =
    trial !== undefined &&
    params?.state === trial.state &&
    params.code_challenge === challengeOf(trial) &&
    session?.accountId === trial.userId &&
    session.uid === trial.sessionUid;
  if (!isIt) {
    throw new errors.InvalidRedirectUri();
  }
}
