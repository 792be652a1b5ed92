import type { Db } from '../db/database.ts';
import type { Direction, Slice, Sliced } from '../db/slice.ts';
import type { OperatorToken } from './operator.ts';
import { listTokenRows } from './store.ts';

/** One slice of all operator tokens, expired ones too, by when they were made. */
export function listOperatorTokens(
  db: Db,
  slice: Slice,
  direction: Direction = 'asc',
): Promise<Sliced<OperatorToken>> {
  return listTokenRows(db, slice, direction);
}
