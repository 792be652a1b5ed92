import type { Database } from '../db/database.ts';
import { grantHandle } from '../grants/grant-handle.ts';
import { StagedoorError } from '../lib/errors.ts';
import type { TokenSettings } from '../tokens/introspect.ts';
import { insertEpoch, MOST_CHANGES, selectChanges } from './changes-store.ts';
import { type Cursor, epochOf, parseSnapshot } from './cursor.ts';

/** A moment by both clocks of this machine. */
export interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

/** Reads the clocks. */
export function now(): Moment {
  return { monotonic: performance.now(), wall: Date.now() };
}

/**
 * Returns the milliseconds since a moment, rather too many than too few: the monotonic clock stands
 * still while a machine is suspended, the other one may be set back.
 */
export function ageOf({ monotonic, wall }: Moment): number {
  return Math.ceil(Math.max(performance.now() - monotonic, Date.now() - wall));
}

/** The feed as one snapshot of the database shows it. */
export interface FeedView extends Cursor {
  /** Before the database was asked. */
  readonly askedAt: Moment;
  /**
   * Changes that an earlier snapshot had not seen, as readers know them; undefined if they are too many,
   * or if some may have been deleted.
   */
  readonly changes: readonly string[] | undefined;
}

export interface FeedSource {
  readonly database: Database;
  /** Introspection answers depend on them. */
  readonly settings: TokenSettings;
}

const GRANT = 'grant:';
/** No change is of that transaction or a later one. */
const NONE = { xmin: 2n ** 63n - 1n, text: '1:1:' };

/**
 * Reads the feed on the primary.
 * @param since a snapshot of this server, of which `text` may be any that has seen less; by default no
 * changes are read
 * @throws StagedoorError `unavailable` if the database is a standby
 */
export async function readFeed(
  { database, settings }: FeedSource,
  since: { readonly xmin: bigint; readonly text: string } = NONE,
): Promise<FeedView> {
  const askedAt = now();
  const row = await selectChanges(database, since);
  if (row.standby) {
    throw new StagedoorError('unavailable', 'The database is a standby, which may be behind.');
  }
  if (row.epoch === null) {
    await insertEpoch(database);
    return readFeed({ database, settings });
  }
  const snapshot = parseSnapshot(row.snapshot);
  if (snapshot === undefined) {
    throw new Error('The database answered with an unknown form of snapshot.');
  }
  const isComplete = row.incomplete !== true && row.changes.length <= MOST_CHANGES;
  return {
    epoch: epochOf([row.epoch, row.started_at, row.database_id, ...wordsOf(settings)]),
    snapshot,
    askedAt,
    changes: isComplete ? row.changes.map(present) : undefined,
  };
}

function wordsOf({ scopes, organizerPermissions }: TokenSettings): string[] {
  return [...[...scopes].sort(), ...[...organizerPermissions].sort().map((name) => `@${name}`)];
}

/** Names a grant as introspection answers do. */
function present(change: string): string {
  return change.startsWith(GRANT) ? GRANT + grantHandle(change.slice(GRANT.length)) : change;
}
