import { type ClientSecret, isUsable } from '../../client-secrets/client-secret.ts';
import type { Config } from '../../config/config.ts';
import type { Locale } from '../../lib/locale.ts';
import { localized } from '../../lib/localized-text.ts';
import { type Application, applicationState, isReviewed } from '../application.ts';
import { monogramUrl } from '../monogram.ts';
import type { ApplicationHead, SecretProps } from '../views.ts';
import { APPLICATIONS } from './account-page.ts';

/** What every page about an application begins with. */
export function presentHead(application: Application): ApplicationHead {
  return {
    name: application.name,
    picture: monogramUrl(application.name),
    state: applicationState(application),
    reviewed: isReviewed(application),
    path: `${APPLICATIONS}/${application.clientId}`,
  };
}

/** The scopes that there are, in the reader's language. */
export function presentScopes(
  config: Config,
  locale: Locale,
): { readonly name: string; readonly text: string }[] {
  return config.scopes.map(({ name, text }) => ({ name, text: localized(text, locale) }));
}

/** Presents the secrets of an application. The last usable one can't be deleted. */
export function presentSecrets(path: string, secrets: readonly ClientSecret[]): SecretProps[] {
  const last = secrets.filter(isUsable).length === 1;
  return secrets.map((secret) => ({
    label: secret.label,
    lastFour: secret.lastFour ?? '',
    createdAt: secret.createdAt,
    lastUsedAt: secret.lastUsedAt,
    expiresAt: secret.expiresAt,
    expired: !isUsable(secret),
    deletePath: last && isUsable(secret) ? undefined : `${path}/secrets/${secret.id}/delete`,
  }));
}
