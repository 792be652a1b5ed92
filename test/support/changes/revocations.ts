import assert from 'node:assert/strict';
import { sql } from 'kysely';
import type { Db } from '../../../src/db/database.ts';
import { hashOf, newCredential, randomText } from '../../../src/lib/credentials.ts';
import { AUTHORIZATIONS, confirm } from '../authorizations.ts';
import { type ClientCredentials, type ManagedServer, manage } from '../platform.ts';
import { type SeededTokens, seedTokens } from '../seed-tokens.ts';
import { refresh, revoke } from '../tokens.ts';
import type { UserAgent } from '../user-agent.ts';

/** A token, with a user, a team at `redstage` and an application of its own. */
export interface Subject extends SeededTokens {
  readonly user: string;
  readonly application: ClientCredentials;
}

/** A change after which the token of a subject opens nothing. */
export type Revocation = (server: ManagedServer, subject: Subject) => Promise<unknown>;

const team = ({ user }: Subject) => `/api/v1/directory/organizers/redstage/teams/${user}/`;
const applicationPath = ({ application }: Subject) =>
  `/api/v1/applications/${application.clientId}/`;

/** Returns all kinds of revocations. Those of users are made by `ada` in her browser. */
export function revocationKinds(agent: UserAgent): Readonly<Record<string, Revocation>> {
  return {
    'the application revokes the access token': async (server, { application, accessToken }) =>
      assertStatus(200, await revoke(server, application, accessToken)),
    'the application revokes the refresh token': async (server, { application, refreshToken }) =>
      assertStatus(200, await revoke(server, application, refreshToken)),
    'the application refreshes': async (server, { application, refreshToken }) =>
      assertStatus(200, await refresh(server, application, refreshToken)),
    'a used refresh token is presented again': async (server, { application, refreshToken }) => {
      const { body } = await refresh(server, application, refreshToken);
      await refresh(server, application, body.refresh_token ?? '');
      assertStatus(400, await refresh(server, application, refreshToken));
    },
    'ada revokes': async (_, { grantId }) => {
      const page = await agent.get(`${AUTHORIZATIONS}/${grantId}/revoke`);
      assertStatus(200, await confirm(agent, page));
    },
    'ada takes the scope away': async (_, { grantId }) => {
      const page = await agent.get(`${AUTHORIZATIONS}/${grantId}/change`);
      const left = { scopes: ['write'], organizers: ['redstage'] };
      assertStatus(200, await agent.submit(page, left, 'end_date'));
    },
    'an operator revokes': (server, { grantId }) =>
      manage(server, 'POST', `/api/v1/grants/${grantId}/revoke/`),
    'an operator suspends the application': (server, subject) =>
      manage(server, 'POST', `${applicationPath(subject)}suspend/`, { reason: 'Test' }),
    'an operator disables the application': (server, subject) =>
      manage(server, 'PATCH', applicationPath(subject), { is_active: false }),
    'the application loses the scope': (server, subject) =>
      manage(server, 'PATCH', applicationPath(subject), { scopes: ['profile'] }),
    'an operator deletes the application': (server, subject) =>
      manage(server, 'DELETE', applicationPath(subject)),
    'the platform deactivates the user': (server, { user }) =>
      manage(server, 'PATCH', `/api/v1/users/${user}/`, { is_active: false }),
    'the platform deletes the user': (server, { user }) =>
      manage(server, 'DELETE', `/api/v1/users/${user}/`),
    'the user leaves the team': (server, subject) =>
      manage(server, 'PUT', team(subject), { permissions: ['can_view_orders'], members: [] }),
    'the team loses the permission': (server, subject) =>
      manage(server, 'PUT', team(subject), { permissions: [], members: [subject.user] }),
    'the platform deletes the team': (server, subject) => manage(server, 'DELETE', team(subject)),
  };
}

/** Throws if the server could not do it: then nothing was revoked. */
function assertStatus(status: number, answer: { readonly status: number }): void {
  assert.equal(answer.status, status);
}

let subjects = 0;

/** Writes a subject to the database, without the flow. */
export async function createSubject(db: Db, kind: string): Promise<Subject> {
  subjects += 1;
  const isAda = kind.startsWith('ada');
  const user = isAda ? 'ada' : `subject-${subjects}`;
  const clientId = randomText(24);
  const clientSecret = newCredential('sds');
  if (!isAda) {
    await sql`insert into users (id, email, email_key)
      values (${user}, ${`${user}@example.com`}, ${`${user}@example.com`})`.execute(db);
    await sql`insert into teams (organizer_slug, id, permissions)
      values ('redstage', ${user}, '{can_view_orders}')`.execute(db);
    await sql`insert into memberships (user_id, organizer_slug, team_id)
      values (${user}, 'redstage', ${user})`.execute(db);
  }
  await sql`insert into applications (client_id, name, client_type, redirect_uris, scopes)
    values (${clientId}, 'Subject', 'confidential', '{https://app.example.com/}',
      '{read,write,profile}')`.execute(db);
  await sql`insert into application_secrets (secret_hash, client_id, last_four)
    values (${hashOf(clientSecret)}, ${clientId}, '0000')`.execute(db);
  const tokens = await seedTokens(db, { userId: user, clientId });
  return { ...tokens, user, application: { clientId, clientSecret } };
}
