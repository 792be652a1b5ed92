import type { Config } from '../config/config.ts';
import { checkClientAddress } from './check-client-address.ts';
import { checkCookieKeys, checkDataDir, checkNode } from './check-here.ts';
import { checkIssuer } from './check-issuer.ts';
import { checkMail } from './check-mail.ts';
import { checkUpstream } from './check-upstream.ts';
import { type Check, type Finding, fail, ok, warn } from './finding.ts';

/** A check and the name to report it by if it breaks. */
export type NamedCheck = readonly [name: Check, check: () => Promise<readonly Finding[]>];

/**
 * Returns all checks of a configuration, dependencies first.
 * @param database checks the database
 */
export function checksOf(
  config: Config,
  database: () => Promise<readonly Finding[]>,
): readonly NamedCheck[] {
  return [
    ['node', async () => [checkNode()]],
    [
      'configuration',
      async () => [
        ok('health.configuration.read', { issuer: config.issuer }),
        ...checkPlatformName(config),
      ],
    ],
    ['data_folder', async () => [await checkDataDir(config), await checkCookieKeys(config)]],
    ['database', database],
    ['mail_server', () => checkMail(config)],
    ['issuer', () => checkIssuer(config)],
    ['client_address', () => checkClientAddress(config)],
    ['platform_login', () => checkUpstream(config)],
  ];
}

/** Reports a check that threw, so that the other findings are not lost. */
export function broken(check: Check, error: unknown): Finding {
  const reason = error instanceof Error ? error.message : String(error);
  return fail('health.check.broken', { reason }, check);
}

/** Checks that users of a server in production see the name of their platform. */
export function checkPlatformName({
  production,
  platform,
}: Pick<Config, 'production' | 'platform'>): Finding[] {
  return production && !platform.isNamed
    ? [warn('health.platform_name.missing', { name: platform.name })]
    : [];
}
