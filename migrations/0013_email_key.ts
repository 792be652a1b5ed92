// One notion of "the same e-mail address". In TypeScript, because SQL has no UTS 46 (domains in
// Unicode), and because lower() folds beyond ASCII as the engine and its locale say.

import { type QueryExecutorProvider, sql } from 'kysely';
import { emailKey } from '../src/lib/email.ts';
import { StagedoorError } from '../src/lib/errors.ts';

const BATCH = 1000;

/** Adds `users.email_key` with its unique index, which replaces the one on `lower(email)`. */
export async function up(db: QueryExecutorProvider): Promise<void> {
  await sql`alter table users add column email_key text`.execute(db);
  await sql`comment on column users.email_key is
    'By what two addresses are the same: emailKey() in src/directory/email.ts. An address from before this column that has no key stands for itself; nobody is found by it.'`.execute(
    db,
  );
  await keyAsciiAddresses(db);
  await keyOtherAddresses(db);
  await refuseSharedKeys(db);
  await sql`drop index users_email_key`.execute(db);
  await sql`create unique index users_email_key on users (email_key)`.execute(db);
  await sql`alter table users alter column email_key set not null`.execute(db);
}

/** Does what `emailKey` does for addresses in ASCII, in one statement: nearly all are. */
async function keyAsciiAddresses(db: QueryExecutorProvider): Promise<void> {
  await sql`update users
    set email_key = translate(email, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')
    where octet_length(convert_to(email, 'UTF8')) = char_length(email)`.execute(db);
}

async function keyOtherAddresses(db: QueryExecutorProvider): Promise<void> {
  const { rows } = await sql<{ id: string; email: string }>`
    select id, email from users where email_key is null`.execute(db);
  for (let from = 0; from < rows.length; from += BATCH) {
    const batch = rows.slice(from, from + BATCH);
    const ids = batch.map(({ id }) => id);
    const keys = batch.map(({ email }) => emailKey(email) ?? email);
    await sql`update users set email_key = given.key
      from unnest(${ids}::text[], ${keys}::text[]) as given (id, key)
      where users.id = given.id`.execute(db);
  }
}

/** Two users with one mailbox: which of them is its owner is for a person to decide. */
async function refuseSharedKeys(db: QueryExecutorProvider): Promise<void> {
  const { rows } = await sql<{ ids: string[] }>`
    select array_agg(id order by id) as ids from users
    group by email_key having count(*) > 1 order by 1`.execute(db);
  if (rows.length > 0) {
    const groups = rows.map(({ ids }) => ids.join(' and ')).join('; ');
    throw new StagedoorError(
      'migration_failed',
      `Users with the same e-mail address in different spellings: ${groups}. Give all but one of them another address, with the version that ran before or in SQL, then migrate again. Nothing was changed.`,
    );
  }
}
