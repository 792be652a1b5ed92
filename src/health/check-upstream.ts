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
    if (lacksAuthTime(provider, upstream)) {
      return [
        warn(
          'platform login',
          `${upstream.issuer} does not list auth_time among its claims, so sign-ins may fail.`,
          'Add auth_time to its ID tokens. If that is not possible and it honors prompt=login, set OIDC_WITHOUT_AUTH_TIME=1.',
        ),
      ];
    }
    return [ok('platform login', `${upstream.issuer} describes itself.`)];
  } catch (error) {
    return [
      fail(
        'platform login',
        `${upstream.issuer} does not describe itself as it has to: ${reasonOf(error)}.`,
        `Check OIDC_ISSUER, character by character, and that ${upstream.issuer.replace(/\/$/, '')}/.well-known/openid-configuration answers. The redirect URI to be registered there is ${issuer}/login/callback.`,
      ),
    ];
  }
}
