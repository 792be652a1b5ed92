import type { Config } from '../config/config.ts';
import { ORGANIZERS_PER_GRANT } from '../grants/grant.ts';
import type { Locale } from '../lib/locale.ts';
import { formatDuration } from './duration.ts';
import type { DocumentSettings } from './guide-document.ts';

/** Returns the settings of this server that the guides for developers of applications show. */
export function settingsFor(config: Config, locale: Locale): DocumentSettings {
  const { registration, metadataDocuments, dynamicRegistration, scopes } = config;
  const has = (name: string) => scopes.some((scope) => scope.name === name);
  const conditions = Object.entries({
    'self-registration': registration !== 'closed',
    'operator-registration': registration === 'closed',
    'review-required': registration === 'approval',
    'metadata-documents': metadataDocuments !== 'off',
    'dynamic-registration': dynamicRegistration !== 'off',
    'only-by-hand': dynamicRegistration === 'off' && metadataDocuments === 'off',
    'read-and-write': has('read') && has('write'),
    profile: has('profile'),
    'refresh-retry': config.refreshRetrySeconds > 0,
    'no-refresh-retry': config.refreshRetrySeconds === 0,
  });
  return {
    values: {
      issuer: config.issuer,
      limit: String(ORGANIZERS_PER_GRANT),
      default_scope: config.defaultScopes.join(' '),
      access_lifetime: formatDuration(config.accessTokenTtl, locale),
      refresh_lifetime: formatDuration(config.refreshTokenTtl, locale),
      retry_seconds: String(config.refreshRetrySeconds),
    },
    conditions: conditions.flatMap(([name, holds]) => (holds ? [name] : [])),
  };
}
