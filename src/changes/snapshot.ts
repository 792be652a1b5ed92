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
