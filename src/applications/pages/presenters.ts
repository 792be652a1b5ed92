import type { ClientKey } from '../../client-keys/store.ts';
import { type ClientSecret, isUsable } from '../../client-secrets/client-secret.ts';
import type { Config } from '../../config/config.ts';
import { type PageAnswer, render } from '../../http/page.ts';
import type { Locale } from '../../lib/locale.ts';
import { localized } from '../../lib/localized-text.ts';
import { type Application, applicationState, isReviewed } from '../application.ts';
import { pictureUrl } from '../picture.ts';
import { APPLICATIONS, type OpenedApplication } from './owner-page.ts';

/** Answers with a page about the user's own application; `action` is the page's own path. */
export function renderOwn(
  { own, clientId, path }: OpenedApplication & { readonly path: string },
  view: string,
  props: object,
  status = 200,
): PageAnswer {
  const common = {
    application: presentHeader(own.application),
    clientId,
    confidential: own.application.clientType === 'confidential',
    // Failed requests within 24 hours.
    failures: own.recentFailures,
    action: path,
  };
  return render(view, { ...common, ...props }, status);
}

/** Presents the application of a page. */
export function presentHeader(application: Application) {
  return {
    name: application.name,
    // The picture, for `<img src>`.
    monogram: pictureUrl(application),
    state: applicationState(application),
    reviewed: isReviewed(application),
    // Path of the application's page; its other pages are below.
    path: `${APPLICATIONS}/${application.clientId}`,
  };
}

/** Returns all scopes of the server, in the configured order, with a description in the language. */
export function presentScopes(config: Config, locale: Locale) {
  return config.scopes.map(({ name, text }) => ({ name, text: localized(text, locale) }));
}

/** Presents the secrets of the application with this path, without their values. */
export function presentSecrets(
  path: string,
  secrets: readonly ClientSecret[],
  keys: readonly ClientKey[],
) {
  const last = keys.length === 0 && secrets.filter(isUsable).length === 1;
  return secrets.map((secret) => ({
    label: secret.label,
    lastFour: secret.lastFour ?? '',
    createdAt: secret.createdAt,
    lastUsedAt: secret.lastUsedAt,
    expiresAt: secret.expiresAt,
    expired: !isUsable(secret),
    // Confirms before it is deleted; undefined for the last one, which has to stay.
    deletePath: last && isUsable(secret) ? undefined : `${path}/secrets/${secret.id}/delete`,
  }));
}

/** Presents the public keys of the application with this path. */
export function presentKeys(
  path: string,
  keys: readonly ClientKey[],
  secrets: readonly ClientSecret[],
) {
  const last = keys.length === 1 && !secrets.some(isUsable);
  return keys.map(({ id, jwk, createdAt, lastUsedAt, expiresAt }) => ({
    kid: jwk.kid,
    // Type and size, as specialists write it.
    type: jwk.crv ?? `${jwk.kty} ${Buffer.from(jwk.n ?? '', 'base64url').length * 8}`,
    createdAt,
    lastUsedAt,
    expiresAt,
    // Confirms before it is deleted; undefined for the last credential, which has to stay.
    deletePath: last ? undefined : `${path}/keys/${id}/delete`,
  }));
}
