import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { CacheOptions } from '@stagedoor/resource-server';
import { createResourceServer } from '@stagedoor/resource-server';
import { z } from 'zod';
import { createPlatform, putOrganizer, putTeam, type TestPlatform } from '../support/factories.ts';
import { FRAMEWORKS, type StartApi } from '../support/kit/frameworks.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { obtainTokens } from '../support/tokens.ts';
import { UserAgent } from '../support/user-agent.ts';

const SCOPES = [
  ['read'],
  ['write'],
  ['profile'],
  ['read', 'write'],
  ['read', 'profile'],
  ['write', 'profile'],
  ['read', 'write', 'profile'],
];
const CACHE: CacheOptions = { entries: 100, seconds: 300 };
const SAFE = ['GET', 'HEAD', 'OPTIONS'];
const METHODS = [...SAFE, 'POST', 'PUT', 'PATCH', 'DELETE'];
const VIEW = 'can_view_orders';
const CHANGE = 'can_change_orders';

/** What the routes need: a permission at the organizer of the path, or less. */
const NEEDS = {
  member: { organizer: 'organizer' },
  viewer: { organizer: 'organizer', permission: VIEW },
  either: { organizer: 'organizer', permission: { read: VIEW, write: CHANGE } },
} as const;

/** An organizer as Ada has to do with it. */
interface Place {
  readonly slug: string;
  /** Her permissions there, from two teams where there are two. */
  readonly permissions: readonly string[];
  readonly picked: boolean;
  readonly memberAtConsent: boolean;
  readonly memberNow: boolean;
}

const INHERITED_SLUGS = new Map([
  ['picked', 'constructor'],
  ['left', 'toString'],
  ['unpicked', 'valueOf'],
  ['joined', 'hasOwnProperty'],
]);

const PLACES: readonly Place[] = [[], [VIEW], [CHANGE], [VIEW, CHANGE]].flatMap((permissions) =>
  [
    { name: 'picked', picked: true, memberAtConsent: true, memberNow: true },
    { name: 'left', picked: true, memberAtConsent: true, memberNow: false },
    { name: 'unpicked', picked: false, memberAtConsent: true, memberNow: true },
    { name: 'joined', picked: false, memberAtConsent: false, memberNow: true },
    { name: 'foreign', picked: false, memberAtConsent: false, memberNow: false },
  ].map(({ name, ...facts }) => {
    const slug = [name, ...permissions.map((permission) => permission.slice(4, 8))].join('-');
    // Some are named like properties that every object inherits.
    const inherited = permissions.length === 0 ? INHERITED_SLUGS.get(name) : undefined;
    return { slug: inherited ?? slug.replaceAll('_', ''), permissions, ...facts };
  }),
);
const NOWHERE: Place = {
  slug: 'nowhere',
  permissions: [],
  picked: false,
  memberAtConsent: false,
  memberNow: false,
};

/** One request, with all that decides about it. */
interface Case {
  readonly scopes: readonly string[];
  readonly method: string;
  /** Undefined for the route about no organizer. */
  readonly place: Place | undefined;
  readonly needs: keyof typeof NEEDS;
}

/** What the answer has to be, told without the kit: status, and what its challenge is about. */
function expected({ scopes, method, place, needs }: Case): string {
  const safe = SAFE.includes(method);
  if (!scopes.includes(safe ? 'read' : 'write')) {
    return `403 scope ${safe ? 'read' : 'write'}`;
  }
  if (place === undefined) {
    return '200';
  }
  if (!place.picked || !place.memberNow) {
    return '403 organizer';
  }
  const permission = { member: undefined, viewer: VIEW, either: safe ? VIEW : CHANGE }[needs];
  return permission === undefined || place.permissions.includes(permission)
    ? '200'
    : `403 permission ${permission}`;
}

describe('every combination of scope, method, organizer, permission and membership', () => {
  let server: TestServer;
  let platform: TestPlatform;
  /** By scopes, separated by spaces. */
  const tokens = new Map<string, string>();

  before(async () => {
    server = await startServer();
    platform = await createPlatform(server);
    for (const { slug, permissions, memberAtConsent } of PLACES) {
      await putOrganizer(server, slug);
      await putTeams(slug, permissions, memberAtConsent);
    }
    const agent = new UserAgent(server);
    for (const scopes of SCOPES) {
      const scope = scopes.join(' ');
      const { accessToken } = await obtainTokens(server, {
        application: platform.application,
        user: platform.ada,
        scope,
        agent,
        parameters: { prompt: 'consent' },
        ...(scope === 'profile'
          ? {}
          : { organizers: PLACES.filter(({ picked }) => picked).map(({ slug }) => slug) }),
      });
      tokens.set(scope, accessToken);
    }
    for (const { slug, permissions, memberAtConsent, memberNow } of PLACES) {
      if (memberNow !== memberAtConsent) {
        await putTeams(slug, permissions, memberNow);
      }
    }
  });
  after(() => server.close());

  /** A team of its own for each permission: what the user may do is the union. */
  async function putTeams(organizer: string, permissions: readonly string[], member: boolean) {
    const members = member ? ['ada'] : ['ben'];
    await putTeam(server, { organizer, id: 'all', permissions: [], members });
    for (const permission of permissions) {
      await putTeam(server, { organizer, id: permission, permissions: [permission], members });
    }
  }

  for (const [framework, start] of Object.entries(FRAMEWORKS)) {
    it(`is decided as the rules say, by ${framework}`, async (t) => {
      // A cache decides nothing by itself: with one, the answers are the same.
      const api = await startApi(start, framework === 'Koa' ? undefined : CACHE);
      t.after(() => api.close());
      const wrong: string[] = [];
      const cases = allCases();
      assert.equal(cases.length, 7 * 7 * (21 * 3 + 1));
      await inParallel(cases, 20, async (one) => {
        const path = one.place === undefined ? '/none' : `/${one.needs}/${one.place.slug}`;
        const token = tokens.get(one.scopes.join(' ')) ?? '';
        const answer = await fetch(api.url + path, {
          method: one.method,
          headers: { authorization: `Bearer ${token}` },
        });
        const [got, wanted] = [await outcomeOf(answer, one.method), expected(one)];
        if (one.method === 'HEAD' ? !wanted.startsWith(got) : got !== wanted) {
          wrong.push(`${one.method} ${path} with ${one.scopes}: ${got} instead of ${wanted}`);
        }
      });
      assert.deepEqual(wrong.slice(0, 10), []);
    });
  }

  function startApi(start: StartApi, cache: CacheOptions | undefined) {
    const { clientId, clientSecret = '' } = platform.resourceServer;
    const kit = createResourceServer({
      issuer: server.issuer,
      clientId,
      clientSecret,
      cache,
      // Patient: a busy machine must not open the circuit.
      timeout: 10_000,
    });
    return start(kit, [
      { path: '/none', needs: { organizer: null } },
      ...Object.entries(NEEDS).map(([name, needs]) => ({ path: `/${name}/:organizer`, needs })),
    ]);
  }
});

function allCases(): Case[] {
  const needs = ['member', 'viewer', 'either'] as const;
  return SCOPES.flatMap((scopes) =>
    METHODS.flatMap((method) => [
      { scopes, method, place: undefined, needs: 'member' as const },
      ...[...PLACES, NOWHERE].flatMap((place) =>
        needs.map((name) => ({ scopes, method, place, needs: name })),
      ),
    ]),
  );
}

/** As `expected` tells it; the answer to HEAD has no body to say more than the header does. */
async function outcomeOf(answer: Response, method: string): Promise<string> {
  const body = await answer.text();
  if (answer.status !== 403) {
    return String(answer.status);
  }
  const challenge = answer.headers.get('www-authenticate') ?? '';
  assert.match(challenge, /^Bearer realm="api", error="insufficient_scope"(, scope="\w+")?$/);
  const [, scope] = /scope="(\w+)"/.exec(challenge) ?? [];
  if (scope !== undefined || method === 'HEAD') {
    return scope === undefined ? '403' : `403 scope ${scope}`;
  }
  const { detail } = z.object({ detail: z.string() }).parse(JSON.parse(body));
  const [, permission] = /the permission "(\w+)" for this organizer/.exec(detail) ?? [];
  return permission === undefined ? '403 organizer' : `403 permission ${permission}`;
}

/** Does them all, so many at a time. */
async function inParallel<T>(
  items: readonly T[],
  lanes: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  const lane = async () => {
    for (const item of rest) {
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
