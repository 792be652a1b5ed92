import type { Slice, Sliced } from '../api/list.ts';
import type { Db } from '../db/database.ts';
import type { ResourceServer } from './resource-server.ts';
import { listResourceServerRows } from './resource-server-store.ts';

/** One slice of all resource servers, the oldest first. */
export function listResourceServers(db: Db, slice: Slice): Promise<Sliced<ResourceServer>> {
  return listResourceServerRows(db, slice);
}
