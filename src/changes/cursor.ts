import { hash } from 'node:crypto';
import { parseSnapshot, type Snapshot } from './snapshot.ts';

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
