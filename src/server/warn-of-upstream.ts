import type { Config } from '../config/config.ts';
import type { Logger } from '../lib/log.ts';
import { createDiscover, lacksAuthTime } from '../sign-in/upstream/discover.ts';

/**
 * Logs if the platform's login does not list `auth_time` among its claims: sign-ins fail without it.
 * An unreachable login is not logged here; sign-ins report it.
 */
export async function warnOfUpstream(
  { upstream }: Pick<Config, 'upstream'>,
  log: Pick<Logger, 'warn'>,
): Promise<void> {
  if (upstream === undefined || upstream.withoutAuthTime) {
    return;
  }
  // Sign-ins keep metadata of their own, so that a failure here costs them nothing.
  const provider = await createDiscover(upstream)().catch(() => undefined);
  if (provider !== undefined && lacksAuthTime(provider, upstream)) {
    const { issuer } = upstream;
    log.warn(
      { issuer },
      'Platform login does not list auth_time; add it to its ID tokens, or set OIDC_WITHOUT_AUTH_TIME=1',
    );
  }
}
