import { z } from 'zod';
import { importAll } from './bulk.ts';
import { hostileLines } from './hostile-directory.ts';
import { type ClientCredentials, credentialsOf, type ManagedServer, manage } from './platform.ts';

const versioned = z.object({ version: z.number() });

/** A provisioned user, with the values for the sign-in form. */
export interface TestUser {
  readonly id: string;
  readonly email: string;
  readonly password: string;
}

/** Options for a user; the others have defaults. */
export interface UserOptions {
  readonly id: string;
  readonly email?: string;
  readonly fullName?: string;
  readonly locale?: string;
  readonly timezone?: string;
  readonly isActive?: boolean;
  readonly isOperator?: boolean;
  readonly password?: string;
  /** Subject at the upstream login; such a user has no password. */
  readonly upstreamSubject?: string | undefined;
}

/** Creates or changes a user. */
export async function putUser(server: ManagedServer, options: UserOptions): Promise<TestUser> {
  const { user, body } = describeUser(options);
  await manage(server, 'PUT', `/api/v1/users/${user.id}/`, body);
  return user;
}

function describeUser(options: UserOptions): { user: TestUser; body: object } {
  const { id } = options;
  const email = options.email ?? `${id}@example.com`;
  const password = options.password ?? `the password of ${id}`;
  const body = {
    email,
    full_name: options.fullName ?? `${id[0]?.toUpperCase()}${id.slice(1)} Example`,
    locale: options.locale ?? 'en',
    timezone: options.timezone ?? 'UTC',
    is_active: options.isActive ?? true,
    ...(options.isOperator === undefined ? {} : { is_operator: options.isOperator }),
    ...(options.upstreamSubject === undefined
      ? { password }
      : { upstream_subject: options.upstreamSubject }),
  };
  return { user: { id, email, password }, body };
}

/** Creates or changes an organizer; returns its slug. */
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
  /** Makes it a team for these events; otherwise it is for all. */
  readonly limitEvents?: readonly string[];
  /** User ids of all members. */
  readonly members: readonly string[];
}

/** Creates a team, or replaces its permissions and members; returns its id. */
export async function putTeam(server: ManagedServer, options: TeamOptions): Promise<string> {
  const { organizer, id, ...body } = describeTeam(options);
  await manage(server, 'PUT', `/api/v1/directory/organizers/${organizer}/teams/${id}/`, body);
  return id;
}

function describeTeam({ organizer, members, ...options }: TeamOptions) {
  const id = options.id ?? 'staff';
  const permissions = options.permissions ?? ['can_view_orders'];
  const events =
    options.limitEvents === undefined
      ? {}
      : { all_events: false, limit_events: options.limitEvents };
  return { organizer, id, name: options.name ?? id, permissions, ...events, members };
}

/** A registered application, with its first redirect URI. */
export interface TestApplication extends ClientCredentials {
  readonly redirectUri: string;
}

/** Options for an application; the others have defaults. */
export interface ApplicationOptions {
  /** User id. */
  readonly owner: string;
  readonly name?: string;
  readonly clientType?: 'confidential' | 'public';
  /** The first one is the `redirect_uri` of `authorize`. */
  readonly redirectUris?: readonly [string, ...string[]];
  readonly scopes?: readonly string[];
  readonly requirePkce?: boolean;
}

/** Registers an application for its owner. No server listens at its default redirect URI. */
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

/** Reviews the current version of an application, as an operator does. */
export async function reviewApplication(server: ManagedServer, clientId: string): Promise<unknown> {
  const path = `/api/v1/applications/${clientId}/`;
  const { version } = versioned.parse(await manage(server, 'GET', path));
  return manage(server, 'POST', `${path}review/`, { version });
}

/** Registers an API service of the platform. */
export async function registerResourceServer(
  server: ManagedServer,
  name = 'Orders API',
  details: { readonly resources?: readonly string[]; readonly require_audience?: boolean } = {},
): Promise<ClientCredentials> {
  const body = { name, ...details };
  return credentialsOf(await manage(server, 'POST', '/api/v1/resource-servers/', body));
}

/** Users and applications of most tests. */
export interface TestPlatform {
  /** Member of `redstage` (view and change orders) and `bluehall` (view orders). */
  readonly ada: TestUser;
  /** Member of `greenarena` only. */
  readonly ben: TestUser;
  /** Confidential, owned by Ben. */
  readonly application: TestApplication;
  readonly resourceServer: ClientCredentials;
}

const ORGANIZERS = [
  { slug: 'redstage', name: { en: 'Red Stage', de: 'Rote Bühne' } },
  { slug: 'bluehall', name: 'Blue Hall' },
  { slug: 'greenarena', name: 'Green Arena' },
];

const TEAMS: readonly TeamOptions[] = [
  {
    organizer: 'redstage',
    permissions: ['can_view_orders', 'can_change_orders'],
    members: ['ada'],
  },
  { organizer: 'bluehall', members: ['ada'] },
  { organizer: 'greenarena', members: ['ben'] },
  { organizer: 'greenarena', id: '__proto__', members: ['ben'] },
  { organizer: 'greenarena', id: 'constructor', members: ['ben'] },
];

/**
 * Provisions two users, three organizers, an application and a resource server. Adds a directory
 * with names of inherited properties, so that every test runs next to such names. Ben's other teams
 * have such ids, too. Everything is one import.
 */
export async function createPlatform(
  server: ManagedServer,
  subjects: { readonly ada?: string; readonly ben?: string } = {},
): Promise<TestPlatform> {
  const describe = (id: 'ada' | 'ben', fullName: string) =>
    describeUser({ id, fullName, upstreamSubject: subjects[id] });
  const [ada, ben] = [describe('ada', 'Ada Example'), describe('ben', 'Ben Example')];
  await importAll(server, [
    ...[ada, ben].map(({ user, body }) => ({ user: { id: user.id, ...body } })),
    ...ORGANIZERS.map((organizer) => ({ organizer })),
    ...TEAMS.map((team) => ({ team: describeTeam(team) })),
    ...hostileLines(),
  ]);
  const application = await registerApplication(server, { owner: 'ben' });
  const resourceServer = await registerResourceServer(server);
  return { ada: ada.user, ben: ben.user, application, resourceServer };
}
