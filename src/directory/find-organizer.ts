import type { Db } from '../db/database.ts';
import { isSlug, type Organizer } from './organizer.ts';
import { organizerBySlug } from './organizer-store.ts';

/** The organizer with this slug. */
export async function findOrganizer(db: Db, slug: string): Promise<Organizer | undefined> {
  return isSlug(slug) ? organizerBySlug(db, slug) : undefined;
}
