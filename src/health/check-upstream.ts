import type { Config } from '../config/config.ts';
import { reasonOf } from '../lib/failure-reason.ts';
import { createDiscover, lacksAuthTime } from '../sign-in/upstream/discover.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** Checks that the platform's login is reachable, if it is configured. */
export async function checkUpstream({ upstream, issuer }: Config): Promise<Finding[]> {
  if (upstream === undefined) {
    return [];
  }
  try {
    const provider = await createDiscover(upstream)();
    return [
      lacksAuthTime(provider, upstream)
        ? warn('health.platform_login.no_time', { upstream: upstream.issuer })
        : ok('health.platform_login.sound', { upstream: upstream.issuer }),
    ];
  } catch (error) {
    return [
      fail('health.platform_login.silent', {
        upstream: upstream.issuer,
        reason: reasonOf(error),
        metadata: `${upstream.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
        redirect: `${issuer}/login/callback`,
      }),
    ];
  }
}
