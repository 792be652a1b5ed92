import type { Config } from '../config.ts';
import type { Db } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';
import type { Throttle } from '../directory/throttle.ts';
import type { Csrf } from '../web/csrf.ts';
import type { Renderer } from '../web/render.ts';
import type { Sessions } from '../web/session.ts';
import type { Interactions } from './interaction.ts';

/** What the pages of the flow need. */
export interface InteractionRoutesDeps {
  readonly db: Db;
  readonly config: Config;
  readonly interactions: Interactions;
  readonly sessions: Sessions;
  readonly renderer: Renderer;
  readonly csrf: Csrf;
  readonly throttle: Throttle;
  /** Runs `work` in a transaction in which the provider takes part too. */
  readonly inTransaction: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
}
