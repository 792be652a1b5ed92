import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import { applicationState, isReviewed } from '../applications/application.ts';
import { findApplication } from '../applications/store.ts';
import type { Config } from '../config/config.ts';
import type { Db } from '../db/database.ts';
import { documentHost, isDocumentAddress } from '../lib/client-id.ts';
import { PATHS } from './paths.ts';
import { promptsOf, pushedRequestUrl, restartUrl } from './restart-url.ts';

/**
 * Longest query of an authorization request and of the sign-in page, in characters: with it, the
 * headers of a request fit into 16 KiB, the limit of many proxies.
 */
export const LONGEST_QUERY = 12_000;
/** Names of parameters that an error repeats; others may be anything. */
const NAME = /^\w{1,64}$/;

/** Tests if the request has no signed-in user. */
export function isAnonymous(ctx: KoaContextWithOIDC): boolean {
  return ctx.oidc.session?.accountId === undefined;
}

/** Tests if the browser is redirected to the sign-in page, and the request starts over after that. */
export function startsOver(ctx: KoaContextWithOIDC, prompt: string): boolean {
  return isAnonymous(ctx) || prompt === 'select_account';
}

/**
 * Returns the path of the sign-in page for an authorization request without a session, or with
 * `prompt=select_account`. The request travels in `return_to` and is not stored, so that anonymous
 * requests cannot fill the database. After the sign-in it starts over; its `prompt=login` and
 * `select_account` are satisfied by then.
 * @throws InvalidRequest if the request is too long for a URL: it has to be pushed (RFC 9126)
 */
export function signInPath(issuer: string, ctx: KoaContextWithOIDC): string {
  const params = ctx.oidc.params ?? {};
  const pushed = ctx.oidc.entities.PushedAuthorizationRequest;
  const target = new URL(
    pushed === undefined
      ? restartUrl(issuer, params)
      : pushedRequestUrl(issuer, params, pushed.jti),
  );
  const hint = params.login_hint;
  const path = [
    `/login?return_to=${escapePath(target.pathname + target.search)}`,
    ...(hint === undefined ? [] : [`login_hint=${encodeURIComponent(String(hint))}`]),
    ...signInPrompt(ctx),
  ].join('&');
  if (path.length > LONGEST_QUERY) {
    throw tooLongForUrl(params);
  }
  return path;
}

/**
 * Returns the error of a request that is too long for a URL. It names the longest parameter, and is
 * shown on a page: the redirect would have to repeat `state`.
 */
export function tooLongForUrl(params: Readonly<Record<string, unknown>>): errors.InvalidRequest {
  const lengths = Object.entries(params).map(([name, value]) => ({
    name,
    length: String(value ?? '').length,
  }));
  const [longest] = lengths.sort((a, b) => b.length - a.length);
  const name = NAME.test(longest?.name ?? '') ? longest?.name : 'A parameter';
  const error = new errors.InvalidRequest(
    `${name} is too long for a URL (${longest?.length} characters); send the request by POST or push it to the pushed authorization request endpoint`,
  );
  error.allow_redirect = false;
  return error;
}

/** Prompts for the sign-in page: sign in again, or offer the current account and others. */
function signInPrompt(ctx: KoaContextWithOIDC): string[] {
  const prompts = promptsOf(ctx.oidc.params ?? {});
  const selects = prompts.includes('select_account');
  if (prompts.includes('login') || (selects && isAnonymous(ctx))) {
    return ['prompt=login'];
  }
  return selects ? ['prompt=select_account'] : [];
}

/**
 * Returns the application whose authorization request a path of this server is. Anybody can write
 * such a path, so it names only an application that an operator reviewed and that is not stopped. One
 * with a metadata document goes by its host, without any look at the document.
 */
export async function findWaitingApplication(
  { db, config }: { readonly db: Db; readonly config: Pick<Config, 'metadataDocuments'> },
  path: string,
): Promise<{ readonly name: string } | undefined> {
  const url = new URL(path, 'https://stagedoor.invalid');
  const clientId = url.searchParams.get('client_id');
  if (url.pathname !== PATHS.authorization || clientId === null) {
    return undefined;
  }
  const found = await findApplication(db, clientId);
  if (found !== undefined && isReviewed(found)) {
    return applicationState(found) === 'active' ? found : undefined;
  }
  const isAccepted = isDocumentAddress(clientId) && config.metadataDocuments !== 'off';
  return isAccepted ? { name: documentHost(clientId) } : undefined;
}

/** Escapes a path for a query with as few characters as possible. */
function escapePath(path: string): string {
  return path.replace(/[%&+#]/g, encodeURIComponent);
}
