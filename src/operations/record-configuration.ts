import { isDeepStrictEqual } from 'node:util';
import { record } from '../audit/store.ts';
import type { Config } from '../config/config.ts';
import { markedPermissions } from '../config/permissions.ts';
import { describePlatform } from '../config/platform.ts';
import type { Db } from '../db/database.ts';
import { inTransaction } from '../db/transaction.ts';
import { lockConfiguration, updateConfiguration } from './configuration-store.ts';

type Presented = readonly [variable: string, present: (config: Config) => unknown];

/**
 * The settings that the log tells the changes of, each by its variable. The type asks for a decision
 * about every new setting: `undefined` for secrets, and for those without a bearing on security.
 */
const SETTINGS: { readonly [Setting in keyof Config]: Presented | undefined } = {
  production: ['NODE_ENV', ({ production }) => (production ? 'production' : 'development')],
  port: undefined,
  host: ['HOST', ({ host }) => host],
  issuer: ['ISSUER', ({ issuer }) => issuer],
  databaseUrl: undefined,
  dataDir: undefined,
  smtpUrl: undefined,
  mailFrom: ['MAIL_FROM', ({ mailFrom }) => mailFrom],
  operatorToken: ['OPERATOR_TOKEN', ({ operatorToken }) => isSet(operatorToken)],
  cookieKeys: ['COOKIE_KEYS', ({ cookieKeys }) => isSet(cookieKeys)],
  accessTokenTtl: ['ACCESS_TOKEN_TTL', ({ accessTokenTtl }) => accessTokenTtl],
  refreshTokenTtl: ['REFRESH_TOKEN_TTL', ({ refreshTokenTtl }) => refreshTokenTtl],
  refreshRetrySeconds: ['REFRESH_RETRY_SECONDS', ({ refreshRetrySeconds: one }) => one],
  sessionTtl: ['SESSION_TTL', ({ sessionTtl }) => sessionTtl],
  sessionIdleTtl: ['SESSION_IDLE_TTL', ({ sessionIdleTtl }) => sessionIdleTtl],
  recentSignInSeconds: ['RECENT_SIGN_IN_SECONDS', ({ recentSignInSeconds: one }) => one],
  trustProxy: ['TRUST_PROXY', ({ trustProxy }) => trustProxy],
  metricsToken: ['METRICS_TOKEN', ({ metricsToken }) => isSet(metricsToken)],
  leakScannerKeys: ['LEAK_SCANNER_KEYS', ({ leakScannerKeys }) => [...leakScannerKeys.keys()]],
  workers: undefined,
  stopDelaySeconds: undefined,
  databaseConnections: undefined,
  databasePrepare: undefined,
  logLevel: undefined,
  tracing: undefined,
  demo: ['DEMO', ({ demo }) => demo],
  platform: ['PLATFORM_NAME', ({ platform }) => describePlatform(platform)],
  scopes: ['SCOPES', ({ scopes }) => scopes.map(({ name }) => name)],
  defaultScopes: ['DEFAULT_SCOPES', ({ defaultScopes }) => [...defaultScopes]],
  permissions: ['PERMISSIONS', markedPermissions],
  // Marked in PERMISSIONS.
  organizerPermissions: undefined,
  permissionTexts: undefined,
  registration: ['REGISTRATION', ({ registration }) => registration],
  metadataDocuments: ['METADATA_DOCUMENTS', ({ metadataDocuments: one }) => one],
  dynamicRegistration: ['DYNAMIC_REGISTRATION', ({ dynamicRegistration: mode }) => mode],
  customSchemes: ['CUSTOM_SCHEMES', ({ customSchemes }) => customSchemes],
  fetchPrivateHosts: ['FETCH_PRIVATE_HOSTS', ({ fetchPrivateHosts }) => fetchPrivateHosts],
  fetchAllowHosts: ['FETCH_ALLOW_HOSTS', ({ fetchAllowHosts }) => fetchAllowHosts],
  fetchDenyHosts: ['FETCH_DENY_HOSTS', ({ fetchDenyHosts }) => fetchDenyHosts],
  applicationsPerOwner: ['APPLICATIONS_PER_OWNER', ({ applicationsPerOwner: one }) => one],
  logRetentionDays: ['LOG_RETENTION_DAYS', ({ logRetentionDays }) => logRetentionDays],
  grantRetentionDays: ['GRANT_RETENTION_DAYS', ({ grantRetentionDays }) => grantRetentionDays],
  signingKeyMaxAgeDays: ['SIGNING_KEY_MAX_AGE_DAYS', ({ signingKeyMaxAgeDays: one }) => one],
  expiryNoticeDays: ['EXPIRY_NOTICE_DAYS', ({ expiryNoticeDays }) => expiryNoticeDays],
  upstream: [
    'OIDC_ISSUER',
    ({ upstream }) =>
      upstream && {
        issuer: upstream.issuer,
        client_id: upstream.clientId,
        match_verified_email: upstream.matchVerifiedEmail,
        without_auth_time: upstream.withoutAuthTime,
      },
  ],
};

/**
 * Compares the settings with those of the last start, and logs which differ, from what to what. The
 * first start is the one that later ones are compared with. Of several processes that start at once
 * one writes.
 */
export async function recordConfiguration(db: Db, config: Config): Promise<void> {
  const settings = present(config);
  await inTransaction(db, async (tx) => {
    const before = await lockConfiguration(tx, settings);
    const changed = [...new Set([...Object.keys(before), ...Object.keys(settings)])]
      .filter((name) => !isDeepStrictEqual(settingOf(before, name), settingOf(settings, name)))
      .sort();
    if (changed.length === 0) {
      return;
    }
    await updateConfiguration(tx, settings);
    await record(tx, {
      action: 'stagedoor.server.configured',
      actor: 'system',
      data: {
        changed: changed.map((name) => ({
          setting: name,
          from: settingOf(before, name),
          to: settingOf(settings, name),
        })),
      },
    });
  });
}

function present(config: Config): Record<string, unknown> {
  return Object.fromEntries(
    Object.values(SETTINGS).flatMap((one) => (one ? [[one[0], one[1](config) ?? null]] : [])),
  );
}

function settingOf(settings: Readonly<Record<string, unknown>>, name: string): unknown {
  return new Map(Object.entries(settings)).get(name) ?? null;
}

function isSet(value: unknown): 'set' | 'not set' {
  return value === undefined ? 'not set' : 'set';
}
