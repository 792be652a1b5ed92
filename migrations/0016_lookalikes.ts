// What tells that an application looks like another one. In TypeScript, because SQL has no skeletons
// (UTS 39).

import { type QueryExecutorProvider, sql } from 'kysely';
import { skeletonOf } from '../src/lib/skeleton.ts';

const BATCH = 1000;

/** Adds `applications.name_skeleton` and `applications.private_schemes`. */
export async function up(db: QueryExecutorProvider): Promise<void> {
  await excludeFromVersions(db);
  await sql`alter table applications add column name_skeleton text`.execute(db);
  await sql`comment on column applications.name_skeleton is
    'skeletonOf(name) in src/skeleton.ts: names that look alike have the same one.'`.execute(db);
  await addSkeletons(db);
  await sql`create index applications_name_skeleton on applications (name_skeleton)
    where reviewed_at is not null`.execute(db);
  await addPrivateSchemes(db);
}

/** The new columns follow from others: writing them is no change of the application. */
async function excludeFromVersions(db: QueryExecutorProvider): Promise<void> {
  await sql`create or replace function note_application_version() returns trigger
    language plpgsql as $$
    declare
      -- A column that is not in this list ends the review, also one that a later migration adds.
      not_judged text[] := array[
        'is_active', 'suspended_at', 'suspension_reason', 'version', 'reviewed_at', 'updated_at',
        'name_skeleton', 'private_schemes'
      ];
    begin
      if to_jsonb(new) - not_judged is distinct from to_jsonb(old) - not_judged then
        new.version := old.version + 1;
        new.reviewed_at := null;
      end if;
      return new;
    end
    $$`.execute(db);
}

async function addSkeletons(db: QueryExecutorProvider): Promise<void> {
  const { rows } = await sql<{ id: string; name: string }>`
    select client_id as id, name from applications`.execute(db);
  for (let from = 0; from < rows.length; from += BATCH) {
    const batch = rows.slice(from, from + BATCH);
    const ids = batch.map(({ id }) => id);
    const skeletons = batch.map(({ name }) => skeletonOf(name));
    await sql`update applications set name_skeleton = given.skeleton
      from unnest(${ids}::text[], ${skeletons}::text[]) as given (id, skeleton)
      where applications.client_id = given.id`.execute(db);
  }
}

async function addPrivateSchemes(db: QueryExecutorProvider): Promise<void> {
  await sql`create function private_schemes_of(uris text[]) returns text[]
    language sql immutable as $$
      select coalesce(array_agg(distinct split_part(uri, ':', 1)), '{}')
      from unnest(uris) as uri where uri !~ '^https?:'
    $$`.execute(db);
  await sql`create function note_private_schemes() returns trigger language plpgsql as $$
    begin
      new.private_schemes := private_schemes_of(new.redirect_uris);
      return new;
    end
    $$`.execute(db);
  await sql`alter table applications add column private_schemes text[] not null default '{}'`.execute(
    db,
  );
  await sql`comment on column applications.private_schemes is
    'The private-use URI schemes of the redirect URIs, kept by a trigger. On a device, any app can receive what is sent to one.'`.execute(
    db,
  );
  await sql`create trigger applications_note_schemes before insert or update on applications
    for each row execute function note_private_schemes()`.execute(db);
  await sql`update applications set private_schemes = private_schemes_of(redirect_uris)`.execute(
    db,
  );
  await sql`create index applications_private_schemes on applications using gin (private_schemes)
    where private_schemes <> '{}'`.execute(db);
}
