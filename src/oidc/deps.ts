import type { Config } from '../config.ts';
import type { Db } from '../db/database.ts';

/** What the adapters need. */
export interface AdapterDeps {
  readonly db: Db;
  readonly config: Config;
}
