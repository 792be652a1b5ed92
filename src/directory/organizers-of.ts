import type { Db } from '../db/database.ts';
import type { Organizer } from './organizer.ts';
import { organizersOfMember } from './organizer-store.ts';

/** The organizers that the user may choose at consent: those with at least one team of theirs. */
export function organizersOf(db: Db, userId: string): Promise<Organizer[]> {
  return organizersOfMember(db, userId);
}
