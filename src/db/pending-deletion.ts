/** Name of the constraint that keeps a deleted ID from being registered again too early. */
const OPEN = 'deletions_open';

/** Tests if an insertion failed because a deleted row with the same ID still has grants. */
export function isPendingDeletion(error: unknown): boolean {
  return error instanceof Error && 'constraint' in error && error.constraint === OPEN;
}
