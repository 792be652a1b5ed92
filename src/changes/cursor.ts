import { hash } from 'node:crypto';

/**
 * A snapshot of PostgreSQL as `pg_current_snapshot()` writes it, `xmin:xmax:xip`. It has seen each
 * transaction below `xmax` that is not listed in `xip`; it has seen all below `xmin`.
 */
export interface Snapshot {
  readonly text: string;
  readonly xmin: bigint;
  readonly xmax: bigint;
  /** Number of transactions below `xmax` that it has not seen. */
  readonly unseen: number;
}

const FORM = /^(\d{1,19}):(\d{1,19}):((?:\d{1,19},)*\d{1,19})?$/;

/** Reads a snapshot; returns undefined for any other text. */
export function parseSnapshot(text: string): Snapshot | undefined {
  const [, xmin, xmax, xip] = FORM.exec(text) ?? [];
  if (xmin === undefined || xmax === undefined) {
    return undefined;
  }
  const unseen = xip === undefined ? 0 : xip.split(',').length;
  return { text, xmin: BigInt(xmin), xmax: BigInt(xmax), unseen };
}

/**
 * Tests if the first snapshot has seen all that the second one has. Snapshots of one server are in
 * order: `xmax` never falls, and while it stays the same, transactions below it only end.
 */
export function hasSeenAllOf(a: Snapshot, b: Snapshot): boolean {
  return a.xmax > b.xmax || (a.xmax === b.xmax && a.unseen <= b.unseen);
}

/** The state of the database that the reader of a cursor knows. */
export interface Cursor {
  readonly epoch: string;
  readonly snapshot: Snapshot;
}

/** Characters of an epoch. */
const EPOCH = 16;
/** Characters of a snapshot that a cursor repeats. */
const LONGEST = 2_000;

/**
 * Returns a name for a run of a database: two that may use the same ID for different transactions, or
 * give different answers for the same rows, have different ones.
 */
export function epochOf(facts: readonly string[]): string {
  return hash('sha256', JSON.stringify(facts), 'base64url').slice(0, EPOCH);
}

/** Writes a cursor, which is opaque to its reader. */
export function formatCursor({ epoch, snapshot }: Cursor): string {
  const { text, xmin } = snapshot;
  // A shorter snapshot that has seen less: its reader gets some changes twice.
  const shortened = text.length <= LONGEST ? text : `${xmin}:${xmin}:`;
  return Buffer.from(`${epoch} ${shortened}`).toString('base64url');
}

/** Reads a cursor; returns undefined for any other text. */
export function parseCursor(text: string): Cursor | undefined {
  const [epoch = '', shown = ''] = Buffer.from(text, 'base64url').toString('latin1').split(' ');
  const snapshot = parseSnapshot(shown);
  return snapshot && { epoch, snapshot };
}
