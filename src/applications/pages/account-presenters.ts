import type { Config } from '../../config/config.ts';
import type { Locale } from '../../lib/locale.ts';
import { localized } from '../../lib/localized-text.ts';
import { type Application, applicationState, isReviewed } from '../application.ts';
import { monogramUrl } from '../monogram.ts';
import type { ApplicationSecret } from '../secrets.ts';
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

/** The secrets of one application; the last one that is good can't be deleted. */
export function presentSecrets(path: string, secrets: readonly ApplicationSecret[]): SecretProps[] {
  const last = secrets.filter(isGood).length === 1;
  return secrets.map((secret) => ({
    label: secret.label,
    lastFour: secret.lastFour,
    createdAt: secret.createdAt,
    lastUsedAt: secret.lastUsedAt,
    expiresAt: secret.expiresAt,
    expired: !isGood(secret),
    deletePath: last && isGood(secret) ? undefined : `${path}/secrets/${secret.id}/delete`,
  }));
}

/** Whether the secret has not expired. */
export function isGood({ expiresAt }: ApplicationSecret): boolean {
  return expiresAt === null || expiresAt.getTime() > Date.now();
}
