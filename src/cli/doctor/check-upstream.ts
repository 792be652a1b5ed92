import type { Config } from '../../config/config.ts';
import { createDiscover } from '../../sign-in/upstream/discover.ts';
import { reasonOf } from '../management.ts';
import { type Finding, fail, ok } from './finding.ts';

/** Checks that the platform's login is reachable, if it is configured. */
export async function checkUpstream({ upstream, issuer }: Config): Promise<Finding[]> {
  if (upstream === undefined) {
    return [];
  }
  try {
    await createDiscover(upstream)();
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
