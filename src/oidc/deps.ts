import type { Adapter } from 'oidc-provider';
import type { Config } from '../config/config.ts';
import type { Db } from '../db/database.ts';
import type { OnReplay } from '../tokens/use-proof.ts';

/** What the adapters need. */
export interface AdapterDeps {
  readonly db: Db;
  readonly config: Config;
  readonly onReplay: OnReplay;
}

/** What a model does not do is a defect if it is asked for. */
export type PartialAdapter = Partial<Adapter>;
