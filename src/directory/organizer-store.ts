import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../db/database.ts';
import { countEntries } from '../db/list-changes.ts';
import { preparedQuery } from '../db/prepared-query.ts';
import { type Direction, readSlice, type Slice, type Sliced, sliceOf } from '../db/slice.ts';
import type { Tx } from '../db/transaction.ts';
import { isDirectoryId } from '../users/user.ts';
import { isSlug, type Organizer } from './organizer.ts';
import { type Team, type TeamInput, teamsListOf } from './team.ts';

export async function findOrganizer(db: Db, slug: string): Promise<Organizer | undefined> {
  return isSlug(slug)
    ? db
        .selectFrom('organizers')
        .select(['slug', 'name'])
        .where('slug', '=', slug)
        .executeTakeFirst()
    : undefined;
}

/** The organizer, locked until the transaction ends. */
export function lockOrganizer(tx: Tx, slug: string): Promise<Organizer | undefined> {
  return tx
    .selectFrom('organizers')
    .select(['slug', 'name'])
    .where('slug', '=', slug)
    .forUpdate()
    .executeTakeFirst();
}

/** Tests if an organizer exists and keeps it from being deleted until the transaction ends. */
export async function holdOrganizer(tx: Tx, slug: string): Promise<boolean> {
  const row = await tx
    .selectFrom('organizers')
    .select('slug')
    .where('slug', '=', slug)
    .forKeyShare()
    .executeTakeFirst();
  return row !== undefined;
}

/** One slice of the organizers, by slug. */
export async function listOrganizers(
  db: Db,
  slice: Slice,
  direction: Direction = 'asc',
): Promise<Sliced<Organizer>> {
  const count = await countEntries(db, { list: 'organizers' });
  const rows = db.selectFrom('organizers').select(['slug', 'name']);
  return readSlice(rows, slice, { by: { slug: 'text' }, direction }, count);
}

/** Adds an organizer; false where one with this slug is there already. */
export async function insertOrganizer(tx: Tx, organizer: Organizer): Promise<boolean> {
  const inserted = await tx
    .insertInto('organizers')
    .values({ slug: organizer.slug, name: JSON.stringify(organizer.name) })
    .onConflict((conflict) => conflict.column('slug').doNothing())
    .returning('slug')
    .executeTakeFirst();
  return inserted !== undefined;
}

/** Renames an organizer. */
export async function updateOrganizer(tx: Tx, organizer: Organizer): Promise<void> {
  await tx
    .updateTable('organizers')
    .set({ name: JSON.stringify(organizer.name), updated_at: sql<Date>`now()` })
    .where('slug', '=', organizer.slug)
    .execute();
}

/** Removes the organizer; its teams go with it, and it disappears from all grants. */
export async function deleteOrganizerRow(tx: Tx, slug: string): Promise<void> {
  await tx.deleteFrom('organizers').where('slug', '=', slug).execute();
}

const ofUser = preparedQuery<{ userId: string }, Organizer>((db, param) =>
  db
    .selectFrom('organizers')
    .select(['slug', 'name'])
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('memberships')
          .select('memberships.user_id')
          .where('memberships.user_id', '=', param('userId'))
          .whereRef('memberships.organizer_slug', '=', 'organizers.slug'),
      ),
    )
    .orderBy('slug'),
);

/** The organizers in which the user is in at least one team, by slug. */
export function organizersOf(db: Db, userId: string): Promise<Organizer[]> {
  return ofUser(db, { userId });
}

const MEMBERS = sql<string[]>`array(
  select user_id from memberships
  where memberships.organizer_slug = teams.organizer_slug and memberships.team_id = teams.id
  order by user_id collate "C"
)`.as('members');

const TEAM = [
  'id',
  'name',
  'permissions',
  'all_events as allEvents',
  'limit_events as limitEvents',
  MEMBERS,
] as const;

export async function findTeam(
  db: Db,
  organizerSlug: string,
  id: string,
): Promise<Team | undefined> {
  return isSlug(organizerSlug) && isDirectoryId(id)
    ? db
        .selectFrom('teams')
        .select(TEAM)
        .where('organizer_slug', '=', organizerSlug)
        .where('id', '=', id)
        .executeTakeFirst()
    : undefined;
}

/** The team, locked until the transaction ends; who changes its members locks it first. */
export async function lockTeam(
  tx: Tx,
  organizerSlug: string,
  id: string,
): Promise<Team | undefined> {
  await tx
    .selectFrom('teams')
    .select('id')
    .where('organizer_slug', '=', organizerSlug)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  // A statement of its own: the members as they are after waiting for the lock, not before.
  return findTeam(tx, organizerSlug, id);
}

/** One slice of an organizer's teams, by id. */
export async function listTeams(
  db: Db,
  organizerSlug: string,
  slice: Slice,
  direction: Direction,
): Promise<Sliced<Team>> {
  const count = await countEntries(db, { list: teamsListOf(organizerSlug) });
  const rows = db.selectFrom('teams').select(TEAM).where('organizer_slug', '=', organizerSlug);
  return readSlice(rows, slice, { by: { id: 'text' }, direction }, count);
}

/** Adds a team without members; false where one with this id is there already. */
export async function insertTeam(
  tx: Tx,
  organizerSlug: string,
  id: string,
  team: TeamInput,
): Promise<boolean> {
  const inserted = await tx
    .insertInto('teams')
    .values({ organizer_slug: organizerSlug, id, ...columnsOf(team) })
    .onConflict((conflict) => conflict.columns(['organizer_slug', 'id']).doNothing())
    .returning('id')
    .executeTakeFirst();
  return inserted !== undefined;
}

/** Changes everything about a team except its members. */
export async function updateTeam(
  tx: Tx,
  organizerSlug: string,
  id: string,
  team: TeamInput,
): Promise<void> {
  await tx
    .updateTable('teams')
    .set({ ...columnsOf(team), updated_at: sql<Date>`now()` })
    .where('organizer_slug', '=', organizerSlug)
    .where('id', '=', id)
    .execute();
}

function columnsOf({ name, permissions, allEvents, limitEvents }: TeamInput) {
  return {
    name,
    permissions: [...permissions],
    all_events: allEvents,
    limit_events: [...limitEvents],
  };
}

/** Makes exactly these users the team's members. One array is one parameter, however many. */
export async function replaceMembers(
  tx: Tx,
  organizerSlug: string,
  teamId: string,
  userIds: readonly string[],
): Promise<void> {
  const ids = sql`${[...userIds]}::text[]`;
  await tx
    .deleteFrom('memberships')
    .where('organizer_slug', '=', organizerSlug)
    .where('team_id', '=', teamId)
    .where(sql<boolean>`user_id <> all(${ids})`)
    .execute();
  await sql`
    insert into memberships (user_id, organizer_slug, team_id)
    select user_id, ${organizerSlug}::text, ${teamId}::text from unnest(${ids}) as given (user_id)
    on conflict do nothing
  `.execute(tx);
}

/** Removes the team and its memberships. */
export async function deleteTeamRow(tx: Tx, organizerSlug: string, id: string): Promise<void> {
  await tx
    .deleteFrom('teams')
    .where('organizer_slug', '=', organizerSlug)
    .where('id', '=', id)
    .execute();
}

/** One slice of those among `slugs`, by slug. */
export async function listOrganizersOf(
  db: Db,
  userId: string,
  slugs: readonly string[],
  slice: Slice,
  direction: Direction,
): Promise<Sliced<Organizer>> {
  const open = new Set(slugs);
  const all = (await organizersOf(db, userId)).filter(({ slug }) => open.has(slug));
  return sliceOf(all, slice, direction);
}

/** An organizer with the teams there that a user is in, at least one. */
export interface OrganizerWithTeams extends Organizer {
  readonly teams: readonly (readonly [permissions: readonly string[], allEvents: boolean])[];
}

/** Query for the organizers in which a user is in a team, by slug, with these teams. */
export const organizersWithTeams = (userId: RawBuilder<string>) => sql<OrganizerWithTeams>`
  select o.slug, o.name, mine.teams
  from (
    select m.organizer_slug, json_agg(json_build_array(t.permissions, t.all_events)) as teams
    from memberships m
      join teams t on t.organizer_slug = m.organizer_slug and t.id = m.team_id
    where m.user_id = ${userId}
    group by m.organizer_slug
  ) mine
    join organizers o on o.slug = mine.organizer_slug
  order by o.slug`;
