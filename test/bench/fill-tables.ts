import pg from 'pg';
import { hashOf } from '../../src/lib/credentials.ts';
import { challengeOf } from '../support/flow.ts';
import {
  CODE_VERIFIER,
  codeOf,
  GRANTS,
  ORGANIZERS,
  REDIRECT_URI,
  SCOPES,
  tokenOf,
  USERS,
} from './data.ts';

/** Fills the tables of Stagedoor: each grant has an access token, a refresh token and a code. */
export async function fillTables(
  databaseUrl: string,
  options: {
    readonly clientId: string;
    /** ID of the user whose password the users in `signingIn` get. */
    readonly passwordOf: string;
    /** IDs. */
    readonly signingIn: readonly string[];
  },
): Promise<void> {
  const database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  try {
    for (const statement of DIRECTORY) {
      await database.query(statement);
    }
    await database.query(
      `update users set password_hash = (select password_hash from users where id = $1)
         where id = any($2::text[])`,
      [options.passwordOf, options.signingIn],
    );
    await database.query(INSERT_GRANTS, [options.clientId, SCOPES]);
    await database.query(INSERT_GRANT_ORGANIZERS);
    await database.query(INSERT_ACCESS_TOKENS, [SCOPES, hashes((n) => tokenOf('sda', n))]);
    await database.query(INSERT_REFRESH_TOKENS, [SCOPES, hashes((n) => tokenOf('sdr', n))]);
    const code = [REDIRECT_URI, challengeOf(CODE_VERIFIER), options.clientId];
    await database.query(INSERT_CODES, [SCOPES, hashes(codeOf), ...code]);
    await database.query('vacuum analyze');
    await database.query('checkpoint');
  } finally {
    await database.end();
  }
}

function hashes(tokenOfGrant: (grant: number) => string): Buffer[] {
  return Array.from({ length: GRANTS }, (_, grant) => hashOf(tokenOfGrant(grant)));
}

/** Puts every user in one team of each of two organizers. */
const DIRECTORY = [
  `insert into users (id, email, email_key)
     select 'user-' || n, 'user-' || n || '@example.com', 'user-' || n || '@example.com'
       from generate_series(0, ${USERS - 1}) n`,
  `insert into organizers (slug, name)
     select 'organizer-' || n, to_jsonb('Organizer ' || n) from generate_series(0, ${ORGANIZERS - 1}) n`,
  `insert into teams (organizer_slug, id, name, permissions)
     select 'organizer-' || n, 'staff', 'Staff', array['can_view_orders', 'can_change_orders']
       from generate_series(0, ${ORGANIZERS - 1}) n`,
  `insert into memberships (user_id, organizer_slug, team_id)
     select 'user-' || n, 'organizer-' || (n + k) % ${ORGANIZERS}, 'staff'
       from generate_series(0, ${USERS - 1}) n, generate_series(0, 1) k`,
];

const INSERT_GRANTS = `
  insert into grants (id, user_id, client_id, scopes, expires_at)
    select 'grant-' || n, 'user-' || n % ${USERS}, $1, $2::text[], now() + interval '90 days'
      from generate_series(0, ${GRANTS - 1}) n`;

const INSERT_GRANT_ORGANIZERS = `
  insert into grant_organizers (grant_id, organizer_slug)
    select 'grant-' || n, 'organizer-' || (n % ${USERS} + k) % ${ORGANIZERS}
      from generate_series(0, ${GRANTS - 1}) n, generate_series(0, 1) k`;

/** The family is the same for both tokens of a grant. */
const FAMILY = `md5('family-' || (n - 1))::uuid`;

const INSERT_ACCESS_TOKENS = `
  insert into access_tokens (token_hash, grant_id, family_id, scopes, issued_at, expires_at)
    select hash, 'grant-' || (n - 1), ${FAMILY}, $1::text[], now(), now() + interval '1 day'
      from unnest($2::bytea[]) with ordinality stored (hash, n)`;

const INSERT_REFRESH_TOKENS = `
  insert into refresh_tokens (token_hash, grant_id, family_id, scopes, rotations,
                              first_issued_at, issued_at, expires_at)
    select hash, 'grant-' || (n - 1), ${FAMILY}, $1::text[], 0, now(), now(),
           now() + interval '90 days'
      from unnest($2::bytea[]) with ordinality stored (hash, n)`;

const INSERT_CODES = `
  insert into authorization_codes (code_hash, grant_id, scopes, redirect_uri, code_challenge,
                                   application_version, issued_at, expires_at)
    select hash, 'grant-' || (n - 1), $1::text[], $3, $4, version, now(), now() + interval '1 day'
      from applications, unnest($2::bytea[]) with ordinality stored (hash, n)
      where client_id = $5`;
