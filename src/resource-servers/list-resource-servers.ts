import type { Db } from '../db/database.ts';
import type { Direction, Slice, Sliced } from '../db/slice.ts';
import type { ResourceServer } from './resource-server.ts';
import { listResourceServerRows } from './store.ts';

/** One slice of all resource servers, by when they were registered. */
export function listResourceServers(
  db: Db,
  slice: Slice,
  direction: Direction = 'asc',
): Promise<Sliced<ResourceServer>> {
  return listResourceServerRows(db, slice, direction);
}
