import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { createResourceServer } from '@stagedoor/resource-server';
import fc from 'fast-check';
import { z } from 'zod';
import { importAll } from '../support/bulk.ts';
import { PAGE_ENGINE_VARIABLES } from '../support/engines.ts';
import {
  EVENTS,
  type GeneratedTeam,
  holds,
  ORGANIZERS,
  PERMISSIONS,
  teams,
  USERS,
  WISHES,
  type Wish,
} from '../support/event-rule.ts';
import { registerApplication, registerResourceServer } from '../support/factories.ts';
import { prepared, withServer } from '../support/fixture.ts';
import { bearer } from '../support/kit/ask.ts';
import { manage } from '../support/platform.ts';
import { seedTokens } from '../support/seed-tokens.ts';
import type { TestServer } from '../support/server.ts';
import { introspect } from '../support/tokens.ts';

/** An answer as a service reads it. Maps: zod drops the key `__proto__` of a record. */
interface Answer {
  readonly organizers: readonly string[];
  readonly permissions: ReadonlyMap<string, readonly string[]>;
  /** Undefined if the answer has no such field. */
  readonly eventPermissions:
    | ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>
    | undefined;
}

const SEED = 20261126;
const DIRECTORIES = 30;

for (const [engine, variables] of Object.entries(PAGE_ENGINE_VARIABLES)) {
  describe(`Permissions for events, on ${engine}`, () => {
    const server = withServer(variables);
    const tokens = new Map<string, string>();
    const resourceServer = prepared(() => registerResourceServer(server));

    before(async () => {
      await importAll(server, [
        ...USERS.map((id) => ({ user: { id, email: `${id}@example.com` } })),
        ...ORGANIZERS.map((slug) => ({ organizer: { slug, name: slug } })),
      ]);
      const { clientId } = await registerApplication(server, { owner: 'ada' });
      for (const userId of USERS) {
        const organizers = [...ORGANIZERS];
        const seeded = await seedTokens(server.database.db, { userId, clientId, organizers });
        tokens.set(userId, seeded.accessToken);
      }
    });

    /** Checks signatures, too. */
    const kit = () =>
      createResourceServer({
        issuer: server.issuer,
        clientId: resourceServer.clientId,
        clientSecret: resourceServer.clientSecret ?? '',
        signedIntrospection: true,
      });
    const ask = async (user: string): Promise<Answer> => {
      const { body } = await introspect(server, resourceServer, tokens.get(user) ?? '');
      return {
        organizers: names.parse(body.organizers),
        permissions: entriesOf(body.permissions, (list) => names.parse(list)),
        eventPermissions:
          body.event_permissions === undefined
            ? undefined
            : entriesOf(body.event_permissions, (byEvent) =>
                entriesOf(byEvent, (list) => names.parse(list)),
              ),
      };
    };

    it('introspection and kit agree with the rule of the platform for generated directories', async () => {
      let limited = 0;
      for (const directory of fc.sample(teams, { seed: SEED, numRuns: DIRECTORIES })) {
        await replaceTeams(server, directory);
        const answers = new Map<string, Answer>();
        for (const user of USERS) {
          answers.set(user, await ask(user));
        }
        for (const wish of WISHES) {
          assert.equal(
            says(answers.get(wish.user), wish),
            holds(directory, wish),
            JSON.stringify({ seed: SEED, wish, directory }),
          );
        }
        for (const user of USERS) {
          const access = await kit().verify({ method: 'GET', headers: bearer(tokens.get(user)) });
          for (const wish of WISHES.filter((one) => one.user === user)) {
            const { organizer, permission, event } = wish;
            const wanted = holds(directory, wish);
            assert.equal(access.can(organizer, permission, event), wanted, JSON.stringify(wish));
            const events = access.eventsWith(organizer, permission);
            assert.equal(
              event === undefined ? events === 'all' : events === 'all' || events.includes(event),
              wanted,
            );
          }
        }
        for (const [user, one] of answers) {
          assertTidy(one);
          assert.deepEqual(one.organizers, organizersOf(directory, user));
          limited += one.eventPermissions === undefined ? 0 : 1;
        }
      }
      assert.ok(limited > DIRECTORIES / 2, `${limited} answers with event permissions`);
    });

    it('five teams of 200 events each: every event has the union of its teams', async () => {
      const events = (from: number) =>
        Array.from({ length: 200 }, (_, index) => `event-${from + index}`);
      const directory = [0, 1, 2, 3, 4].map((n) => ({
        ...{ organizer: 'red', id: `t${n}`, all_events: false, members: ['ada'] },
        permissions: [PERMISSIONS[n % 3] ?? ''],
        limit_events: events(n * 100),
      }));
      await replaceTeams(server, directory);
      const { eventPermissions, permissions } = await ask('ada');
      assert.deepEqual([...permissions], [['red', ['can_create_events']]]);
      const byEvent = new Map(eventPermissions?.get('red'));
      // Teams 1, 2 and 4 have an event permission: events 100 to 599.
      assert.equal(byEvent.size, 500);
      assert.deepEqual(byEvent.get('event-100'), ['can_view_orders']);
      assert.deepEqual(byEvent.get('event-250')?.toSorted(), [
        'can_change_orders',
        'can_view_orders',
      ]);
      assert.deepEqual(byEvent.get('event-599'), ['can_view_orders']);
    });
  });
}

async function replaceTeams(server: TestServer, directory: readonly GeneratedTeam[]) {
  for (const slug of ORGANIZERS) {
    const path = `/api/v1/directory/organizers/${slug}/teams/`;
    const page = z.object({ results: z.array(z.object({ id: z.string() })) });
    for (const { id } of page.parse(await manage(server, 'GET', path)).results) {
      await manage(server, 'DELETE', `${path}${id}/`);
    }
  }
  if (directory.length > 0) {
    await importAll(
      server,
      directory.map((team) => ({ team })),
    );
  }
}

const names = z.array(z.string());

function entriesOf<T>(value: unknown, read: (entry: unknown) => T): Map<string, T> {
  assert.ok(typeof value === 'object' && value !== null);
  return new Map(Object.entries(value).map(([key, entry]) => [key, read(entry)]));
}

/** Applies the contract of the answer: for all events, or in addition for this one. */
function says(answer: Answer | undefined, { organizer, permission, event = '' }: Wish): boolean {
  const ofEvent = answer?.eventPermissions?.get(organizer)?.get(event) ?? [];
  return [...(answer?.permissions.get(organizer) ?? []), ...ofEvent].includes(permission);
}

/** Checks that nothing is empty and that nothing is said twice. */
function assertTidy({ organizers, permissions, eventPermissions }: Answer): void {
  assert.deepEqual([...permissions.keys()].sort(), organizers);
  assert.notEqual(eventPermissions?.size, 0);
  for (const [slug, byEvent] of eventPermissions ?? []) {
    assert.notEqual(byEvent.size, 0);
    for (const [event, ofEvent] of byEvent) {
      const all = [...ofEvent, ...(permissions.get(slug) ?? [])];
      assert.ok(EVENTS.some((one) => one === event) && ofEvent.length > 0);
      assert.equal(new Set(all).size, all.length);
    }
  }
}

function organizersOf(directory: readonly GeneratedTeam[], user: string): string[] {
  const slugs = directory.filter((team) => team.members.includes(user));
  return [...new Set(slugs.map(({ organizer }) => organizer))].sort();
}
