import type { Config } from '../config/config.ts';
import { type Finding, warn } from './finding.ts';

/** Checks that users of a server in production see the name of their platform. */
export function checkPlatformName({
  production,
  platform,
}: Pick<Config, 'production' | 'platform'>): Finding[] {
  return production && !platform.isNamed
    ? [warn('health.platform_name.missing', { name: platform.name })]
    : [];
}
