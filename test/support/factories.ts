import { z } from 'zod';
import { putHostileDirectory } from './hostile-directory.ts';
import { type ClientCredentials, credentialsOf, type ManagedServer, manage } from './platform.ts';

const versioned = z.object({ version: z.number() });

/** A provisioned user, with what they type at sign-in. */
export interface TestUser {
  readonly id: string;
  readonly email: string;
  readonly password: string;
}

/** What a test may choose about a user; the rest is filled in. */
export interface UserOptions {
  readonly id: string;
  readonly email?: string;
  readonly fullName?: string;
  readonly locale?: string;
  readonly timezone?: string;
  readonly isActive?: boolean;
  readonly password?: string;
  /** By which the platform's own login knows them; then there is no password. */
  readonly upstreamSubject?: string | undefined;
}

/** Provisions a user, or changes one. */
export async function putUser(server: ManagedServer, options: UserOptions): Promise<TestUser> {
  const email = options.email ?? `${options.id}@example.com`;
  const password = options.password ?? `the password of ${options.id}`;
  await manage(server, 'PUT', `/api/v1/users/${options.id}/`, {
    email,
    full_name: options.fullName ?? `${options.id[0]?.toUpperCase()}${options.id.slice(1)} Example`,
    locale: options.locale ?? 'en',
    timezone: options.timezone ?? 'UTC',
    is_active: options.isActive ?? true,
    ...(options.upstreamSubject === undefined
      ? { password }
      : { upstream_subject: options.upstreamSubject }),
  });
  return { id: options.id, email, password };
}

/** Provisions an organizer; returns its slug. */
export async function putOrganizer(
  server: ManagedServer,
  slug: string,
  name: string | Record<string, string> = slug,
): Promise<string> {
  await manage(server, 'PUT', `/api/v1/directory/organizers/${slug}/`, { name });
  return slug;
}

/** A team of one organizer. */
export interface TeamOptions {
  readonly organizer: string;
  readonly id?: string;
  readonly name?: string;
  readonly permissions?: readonly string[];
  /** User ids: exactly these are its members afterwards. */
  readonly members: readonly string[];
}

/** Provisions a team, or replaces its permissions and members; returns its id. */
export async function putTeam(server: ManagedServer, options: TeamOptions): Promise<string> {
  const id = options.id ?? 'staff';
  await manage(server, 'PUT', `/api/v1/directory/organizers/${options.organizer}/teams/${id}/`, {
    name: options.name ?? id,
    permissions: options.permissions ?? ['can_view_orders'],
    members: options.members,
  });
  return id;
}

/** A registered application, with where it wants the user sent back. */
export interface TestApplication extends ClientCredentials {
  readonly redirectUri: string;
}

/** What a test may choose about an application; the rest is filled in. */
export interface ApplicationOptions {
  /** User id. */
  readonly owner: string;
  readonly name?: string;
  readonly clientType?: 'confidential' | 'public';
  /** The first one is where `authorize` asks to be sent back. */
  readonly redirectUris?: readonly [string, ...string[]];
  readonly scopes?: readonly string[];
  readonly requirePkce?: boolean;
}

/** Registers an application for its owner. Nothing listens at its default redirect URI. */
export async function registerApplication(
  server: ManagedServer,
  options: ApplicationOptions,
): Promise<TestApplication> {
  const redirectUris = options.redirectUris ?? ['https://app.example.com/callback'];
  const answer = await manage(server, 'POST', '/api/v1/applications/', {
    owner: options.owner,
    name: options.name ?? 'Box Office Sync',
    client_type: options.clientType ?? 'confidential',
    redirect_uris: redirectUris,
    scopes: options.scopes ?? ['read', 'write', 'profile'],
    require_pkce: options.requirePkce ?? true,
    description: 'Keeps the box office in step.',
    homepage_url: 'https://app.example.com/',
  });
  return { ...credentialsOf(answer), redirectUri: redirectUris[0] };
}

/** Reviews an application in the version that it has now, as an operator does. */
export async function reviewApplication(server: ManagedServer, clientId: string): Promise<unknown> {
  const path = `/api/v1/applications/${clientId}/`;
  const { version } = versioned.parse(await manage(server, 'GET', path));
  return manage(server, 'POST', `${path}review/`, { version });
}

/** Registers an API service of the platform. */
export async function registerResourceServer(
  server: ManagedServer,
  name = 'Orders API',
): Promise<ClientCredentials> {
  return credentialsOf(await manage(server, 'POST', '/api/v1/resource-servers/', { name }));
}

/** The cast of most tests. */
export interface TestPlatform {
  /** In `redstage` (view and change orders) and `bluehall` (view orders). */
  readonly ada: TestUser;
  /** In `greenarena` only. */
  readonly ben: TestUser;
  /** Confidential, owned by Ben. */
  readonly application: TestApplication;
  readonly resourceServer: ClientCredentials;
}

/**
 * Provisions two users, three organizers, an application and a resource server; beside them a
 * directory whose names are those of inherited properties, so that every test that uses this runs
 * beside such names. Ada's second team at each of her organizers has such an id, too.
 */
export async function createPlatform(
  server: ManagedServer,
  subjects: { readonly ada?: string; readonly ben?: string } = {},
): Promise<TestPlatform> {
  const [ofAda, ofBen] = [{ upstreamSubject: subjects.ada }, { upstreamSubject: subjects.ben }];
  const ada = await putUser(server, { id: 'ada', fullName: 'Ada Example', ...ofAda });
  const ben = await putUser(server, { id: 'ben', fullName: 'Ben Example', ...ofBen });
  await putOrganizer(server, 'redstage', { en: 'Red Stage', de: 'Rote Bühne' });
  await putOrganizer(server, 'bluehall', 'Blue Hall');
  await putOrganizer(server, 'greenarena', 'Green Arena');
  await putTeam(server, {
    organizer: 'redstage',
    permissions: ['can_view_orders', 'can_change_orders'],
    members: ['ada'],
  });
  await putTeam(server, { organizer: 'bluehall', members: ['ada'] });
  await putTeam(server, { organizer: 'greenarena', members: ['ben'] });
  await putTeam(server, { organizer: 'greenarena', id: '__proto__', members: ['ben'] });
  await putTeam(server, { organizer: 'greenarena', id: 'constructor', members: ['ben'] });
  await putHostileDirectory(server);
  const application = await registerApplication(server, { owner: 'ben' });
  const resourceServer = await registerResourceServer(server);
  return { ada, ben, application, resourceServer };
}
