import type { Config } from '../config/config.ts';
import { type Finding, warn } from './finding.ts';

/** Checks that users of a server in production see the name of their platform. */
export function checkPlatformName({
  production,
  platform,
}: Pick<Config, 'production' | 'platform'>): Finding[] {
  return production && !platform.isNamed
    ? [
        warn(
          'platform name',
          `PLATFORM_NAME is not set: pages and mails have the name ${platform.name}, which users do not know.`,
          'Set PLATFORM_NAME to the name of your platform.',
        ),
      ]
    : [];
}
