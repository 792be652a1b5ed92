import type { Adapter } from 'oidc-provider';
import type { CandidateSource } from '../applications/candidate.ts';
import type { Config } from '../config/config.ts';
import type { Db } from '../db/database.ts';
import type { OnReplay } from '../tokens/proof.ts';

/** Dependencies of the adapters. */
export interface AdapterDeps {
  readonly db: Db;
  readonly config: Config;
  readonly onReplay: OnReplay;
  readonly candidateSources: readonly CandidateSource[];
}

/** Adapter of a model; calling a missing function is a defect. */
export type PartialAdapter = Partial<Adapter>;
