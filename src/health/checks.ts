import type { Config } from '../config/config.ts';
import { checkClientAddress } from './check-client-address.ts';
import { checkCookieKeys, checkDataDir, checkNode } from './check-here.ts';
import { checkIssuer } from './check-issuer.ts';
import { checkMail } from './check-mail.ts';
import { checkPlatformName } from './check-platform-name.ts';
import { checkUpstream } from './check-upstream.ts';
import { type Finding, fail, ok } from './finding.ts';

/** Checks of a configuration without its database, by the check to report if one breaks. */
export const CHECKS = {
  node: async () => [checkNode()],
  configuration: async (config) => [
    ok('configuration', `ISSUER is ${config.issuer}.`),
    ...checkPlatformName(config),
  ],
  'data folder': async (config) => [await checkDataDir(config), await checkCookieKeys(config)],
  'mail server': checkMail,
  issuer: checkIssuer,
  'client address': checkClientAddress,
  'platform login': checkUpstream,
} as const satisfies Readonly<Record<string, (config: Config) => Promise<Finding[]>>>;

/** Reports a check that threw, so that the other findings are not lost. */
export function broken(check: string, error: unknown): Finding {
  const message = `The check itself failed: ${error instanceof Error ? error.message : error}.`;
  return fail(check, message, 'See what the other checks say; if nothing does, report it.');
}
