import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { DEMO_ORGANIZERS, DEMO_USERS, type DemoOrganizer, type DemoUser } from './directory.ts';
import { type ManagementClient, manage, readCredentials } from './management.ts';
import {
  type ClientCredentials,
  loadRegistration,
  type Registration,
  saveRegistration,
} from './registration.ts';

/** Location of the demo's credentials and of its application. */
export interface DemoPlace {
  readonly dataDir: string;
  /** For example `http://localhost:3001`. */
  readonly applicationUrl: string;
}

/** Credentials that the demo runs with. */
export type SeededDemo = Awaited<ReturnType<typeof seedDemo>>;

/**
 * Sets up users, organizers, an application and a resource server through the management API.
 *
 * Creates only what is missing, and the directory only at the first start: what somebody has
 * changed since then stays as it is.
 */
export async function seedDemo(client: ManagementClient, place: DemoPlace) {
  let known = await loadRegistration(place.dataDir);
  if (known === undefined || !(await isThere(client, 'applications', known.application))) {
    known = await seedDirectory(client, known);
    await saveRegistration(place.dataDir, known);
  }
  // Saved after each, so that a start that is cut short leaves no client without its secret.
  let { resourceServer, application } = known;
  if (!resourceServer || !(await isThere(client, 'resource-servers', resourceServer))) {
    resourceServer = await registerResourceServer(client);
    known = { ...known, resourceServer };
    await saveRegistration(place.dataDir, known);
  }
  if (!application || !(await keepReachable(client, application, place))) {
    application = await registerApplication(client, place);
    known = { ...known, application };
    await saveRegistration(place.dataDir, known);
  }
  const passwords = new Map(Object.entries(known.passwords));
  const users = DEMO_USERS.map((user) => ({ ...user, password: passwords.get(user.id) ?? '' }));
  return { application, resourceServer, users };
}

async function seedDirectory(
  client: ManagementClient,
  known: Registration | undefined,
): Promise<Registration> {
  const passwords = new Map(Object.entries(known?.passwords ?? {}));
  for (const user of DEMO_USERS) {
    passwords.set(user.id, await seedUser(client, user, passwords.get(user.id)));
  }
  for (const organizer of DEMO_ORGANIZERS) {
    await seedOrganizer(client, organizer);
  }
  return { ...known, passwords: Object.fromEntries(passwords) };
}

/** The user's password: the known one, or a new one where it is not known any more. */
async function seedUser(
  client: ManagementClient,
  user: DemoUser,
  known: string | undefined,
): Promise<string> {
  const path = `/users/${user.id}/`;
  const password = known ?? newPassword();
  if ((await manage(client, 'GET', path)) === undefined) {
    await manage(client, 'PUT', path, {
      email: user.email,
      full_name: user.fullName,
      locale: user.locale,
      timezone: 'Europe/Berlin',
      is_active: true,
      is_operator: user.isOperator,
      password,
    });
  } else if (known === undefined) {
    await manage(client, 'PATCH', path, { password });
  }
  return password;
}

async function seedOrganizer(
  client: ManagementClient,
  { slug, name, teams }: DemoOrganizer,
): Promise<void> {
  const path = `/directory/organizers/${slug}/`;
  if ((await manage(client, 'GET', path)) === undefined) {
    await manage(client, 'PUT', path, { name });
  }
  for (const { id, limitEvents, ...team } of teams) {
    if ((await manage(client, 'GET', `${path}teams/${id}/`)) === undefined) {
      const events = limitEvents && { all_events: false, limit_events: limitEvents };
      await manage(client, 'PUT', `${path}teams/${id}/`, { ...team, ...events });
    }
  }
}

async function registerResourceServer(client: ManagementClient): Promise<ClientCredentials> {
  return readCredentials(await manage(client, 'POST', '/resource-servers/', { name: 'Demo API' }));
}

async function registerApplication(
  client: ManagementClient,
  place: DemoPlace,
): Promise<ClientCredentials> {
  const body = {
    owner: DEMO_USERS[0]?.id,
    name: 'Curtain Call',
    // Seen in both languages.
    description: 'Demo: shows each request of the flow · zeigt jede Anfrage des Ablaufs',
    client_type: 'confidential',
    redirect_uris: [callbackOf(place)],
    homepage_url: `${place.applicationUrl}/`,
    scopes: ['read', 'write', 'profile'],
  };
  return readCredentials(await manage(client, 'POST', '/applications/', body));
}

const registered = z.object({
  redirect_uris: z.array(z.string()),
  homepage_url: z.string().nullable(),
});

/**
 * Tests if the application is registered. Moves its callback if its port has changed since the last
 * start; other redirect URIs stay.
 */
async function keepReachable(
  client: ManagementClient,
  { clientId }: ClientCredentials,
  place: DemoPlace,
): Promise<boolean> {
  const path = `/applications/${clientId}/`;
  const found = await manage(client, 'GET', path);
  if (found === undefined) {
    return false;
  }
  const { redirect_uris, homepage_url } = registered.parse(found);
  if (!redirect_uris.includes(callbackOf(place))) {
    const added = redirect_uris.filter((uri) => !/^http:\/\/localhost:\d+\/callback$/.test(uri));
    await manage(client, 'PATCH', path, {
      redirect_uris: [callbackOf(place), ...added],
      ...(/^http:\/\/localhost:\d+\/$/.test(homepage_url ?? '')
        ? { homepage_url: `${place.applicationUrl}/` }
        : {}),
    });
  }
  return true;
}

async function isThere(
  client: ManagementClient,
  kind: 'applications' | 'resource-servers',
  credentials: ClientCredentials | undefined,
): Promise<boolean> {
  return (
    credentials !== undefined &&
    (await manage(client, 'GET', `/${kind}/${credentials.clientId}/`)) !== undefined
  );
}

function callbackOf(place: DemoPlace): string {
  return `${place.applicationUrl}/callback`;
}

/** Made for each installation, easy to type: three groups of letters that can't be mistaken. */
function newPassword(): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz';
  const group = () => Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join('');
  return `${group()}-${group()}-${group()}`;
}
