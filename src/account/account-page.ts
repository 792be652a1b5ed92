import type { Config } from '../config.ts';
import type { Db } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';
import type { Throttle } from '../directory/throttle.ts';
import type { Csrf } from '../web/csrf.ts';
import type { Renderer } from '../web/render.ts';
import type { Sessions } from '../web/session.ts';

/** Where each page is. */
export const PROFILE = '/account/profile';
/** As above. */
export const PASSWORD = '/account/password';
/** As above. */
export const SESSIONS = '/account/sessions';

/** What the user's own pages need. */
export interface AccountPagesDeps {
  readonly db: Db;
  readonly config: Config;
  readonly sessions: Sessions;
  readonly renderer: Renderer;
  readonly csrf: Csrf;
  readonly throttle: Throttle;
  readonly inTransaction: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
}

/** The host where people sign in, if not here. */
export function hostElsewhere({ upstream }: Config): string | undefined {
  return upstream && new URL(upstream.issuer).host;
}
