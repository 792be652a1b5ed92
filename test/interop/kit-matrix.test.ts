import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { CacheOptions } from '@stagedoor/resource-server';
import { createResourceServer } from '@stagedoor/resource-server';
import { z } from 'zod';
import { putOrganizer, putTeam, registerResourceServer } from '../support/factories.ts';
import { withPlatform } from '../support/fixture.ts';
import { FRAMEWORKS, type StartApi } from '../support/kit/frameworks.ts';
import type { ClientCredentials } from '../support/platform.ts';
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
const CACHE: CacheOptions = { entries: 100 };
const SAFE = ['GET', 'HEAD', 'OPTIONS'];
const METHODS = [...SAFE, 'POST', 'PUT', 'PATCH', 'DELETE'];
const VIEW = 'can_view_orders';
const CHANGE = 'can_change_orders';

/** Requirements of the routes: a permission at the organizer of the path, or less. */
const NEEDS = {
  member: { organizer: 'organizer' },
  viewer: { organizer: 'organizer', permission: VIEW },
  either: { organizer: 'organizer', permission: { read: VIEW, write: CHANGE } },
  event: { organizer: 'organizer', event: 'event', permission: { read: VIEW, write: CHANGE } },
} as const;

/** The event that teams list, and one that none lists. */
const LISTED = '__proto__';
const EVENTS = [LISTED, 'gala'];

/** An organizer with its relation to Ada. */
interface Place {
  readonly slug: string;
  /** Her permissions there, from one team each. */
  readonly permissions: readonly string[];
  /** Her teams are for one event only. */
  readonly limited: boolean;
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
    { name: 'limited', picked: true, memberAtConsent: true, memberNow: true },
  ].map(({ name, ...facts }) => {
    const slug = [name, ...permissions.map((permission) => permission.slice(4, 8))].join('-');
    // Some have names of properties that every object inherits.
    const inherited = permissions.length === 0 ? INHERITED_SLUGS.get(name) : undefined;
    return {
      slug: inherited ?? slug.replaceAll('_', ''),
      permissions,
      limited: name === 'limited',
      ...facts,
    };
  }),
);
const NOWHERE: Place = {
  slug: 'nowhere',
  permissions: [],
  limited: false,
  picked: false,
  memberAtConsent: false,
  memberNow: false,
};

/** Resources of the two API services; `strict` requires an audience. */
const RESOURCES = { open: 'https://api.example.com/open', strict: 'urn:example:strict' };
type Service = keyof typeof RESOURCES;
/** The API that a token is for. */
const AUDIENCES = ['none', 'open', 'strict'] as const;

/** One request, with everything that determines its outcome. */
interface Case {
  readonly scopes: readonly string[];
  readonly audience: (typeof AUDIENCES)[number];
  readonly method: string;
  /** Undefined for the route without an organizer. */
  readonly place: Place | undefined;
  readonly needs: keyof typeof NEEDS;
  /** With `needs: 'event'`. */
  readonly event?: string;
}

/** Returns the expected status and challenge, computed without the kit. */
function expected(
  { scopes, audience, method, place, needs, event }: Case,
  service: Service,
): string {
  if (audience === 'none' ? service === 'strict' : audience !== service) {
    return '401';
  }
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
  const either = safe ? VIEW : CHANGE;
  const permission = { member: undefined, viewer: VIEW, either, event: either }[needs];
  if (permission === undefined) {
    return '200';
  }
  const holds = place.permissions.includes(permission) && (!place.limited || event === LISTED);
  return holds ? '200' : `403 permission ${permission}`;
}

describe('Every combination of scope, audience, method, organizer, permission and membership', () => {
  const { server, platform } = withPlatform();
  let services: Record<Service, ClientCredentials>;
  /** Tokens by their audience and scopes, separated by spaces. */
  const tokens = new Map<string, string>();

  before(async () => {
    const { open, strict } = RESOURCES;
    services = {
      open: await registerResourceServer(server, 'Open', { resources: [open] }),
      strict: await registerResourceServer(server, 'Strict', {
        resources: [strict],
        require_audience: true,
      }),
    };
    for (const place of PLACES) {
      await putOrganizer(server, place.slug);
      await putTeams(place, place.memberAtConsent);
    }
    const agent = new UserAgent(server);
    const kinds = SCOPES.flatMap((scopes) => AUDIENCES.map((audience) => ({ scopes, audience })));
    for (const { scopes, audience } of kinds) {
      const scope = scopes.join(' ');
      const { accessToken } = await obtainTokens(server, {
        application: platform.application,
        user: platform.ada,
        scope,
        agent,
        parameters: { prompt: 'consent' },
        previous: 'keep',
        resources: audience === 'none' ? [] : [RESOURCES[audience]],
        ...(scope === 'profile'
          ? {}
          : { organizers: PLACES.filter(({ picked }) => picked).map(({ slug }) => slug) }),
      });
      tokens.set(`${audience} ${scope}`, accessToken);
    }
    for (const place of PLACES) {
      if (place.memberNow !== place.memberAtConsent) {
        await putTeams(place, place.memberNow);
      }
    }
  });

  /** Puts one team for each permission, so that the user has the union. */
  async function putTeams({ slug, permissions, limited }: Place, member: boolean) {
    const team = {
      organizer: slug,
      members: member ? ['ada'] : ['ben'],
      ...(limited ? { limitEvents: [LISTED] } : {}),
    };
    await putTeam(server, { ...team, id: 'all', permissions: [] });
    for (const permission of permissions) {
      await putTeam(server, { ...team, id: permission, permissions: [permission] });
    }
  }

  for (const [turn, [framework, start]] of Object.entries(FRAMEWORKS).entries()) {
    it(`has the expected outcome with ${framework}`, async (t) => {
      // A cache must not change the outcome.
      const cache = framework === 'Koa' ? undefined : CACHE;
      const service = framework === 'Fastify' ? 'strict' : 'open';
      const api = await startApi(start, service, cache);
      t.after(() => api.close());
      const wrong: string[] = [];
      const all = allCases();
      assert.equal(all.length, 3 * 7 * 7 * (25 * 3 + 12 * EVENTS.length + 1));
      // Each framework gets every combination of the rest with one audience, together all of them.
      const cases = all.filter((_, i) => i % 3 === (Math.floor(i / 3) + turn) % 3);
      await inParallel(cases, 20, async (one) => {
        const path = pathOf(one);
        const token = tokens.get(`${one.audience} ${one.scopes.join(' ')}`) ?? '';
        const answer = await fetch(api.url + path, {
          method: one.method,
          headers: { authorization: `Bearer ${token}` },
        });
        const [got, wanted] = [await outcomeOf(answer, one.method), expected(one, service)];
        if (one.method === 'HEAD' ? !wanted.startsWith(got) : got !== wanted) {
          const given = `${one.scopes} for ${one.audience}`;
          wrong.push(`${one.method} ${path} with ${given}: ${got} instead of ${wanted}`);
        }
      });
      assert.deepEqual(wrong.slice(0, 10), []);
    });
  }

  function startApi(start: StartApi, service: Service, cache: CacheOptions | undefined) {
    const { clientId, clientSecret = '' } = services[service];
    const kit = createResourceServer({
      issuer: server.issuer,
      clientId,
      clientSecret,
      cache,
      // Long, so that a slow machine does not open the circuit.
      timeout: 10_000,
    });
    return start(kit, [
      { path: '/none', needs: { organizer: null } },
      ...Object.entries(NEEDS).map(([name, needs]) => ({
        path: `/${name}/:organizer${name === 'event' ? '/:event' : ''}`,
        needs,
      })),
    ]);
  }
});

function allCases(): Case[] {
  const needs = ['member', 'viewer', 'either'] as const;
  const places = [
    { place: undefined, needs: 'member' as const },
    ...[...PLACES, NOWHERE].flatMap((place) => [
      ...needs.map((name) => ({ place, needs: name })),
      ...(place.picked ? EVENTS : []).map((event) => ({ place, event, needs: 'event' as const })),
    ]),
  ];
  return SCOPES.flatMap((scopes) =>
    METHODS.flatMap((method) =>
      places.flatMap((one) => AUDIENCES.map((audience) => ({ scopes, audience, method, ...one }))),
    ),
  );
}

function pathOf({ place, needs, event }: Case): string {
  if (place === undefined) {
    return '/none';
  }
  return `/${needs}/${place.slug}${event === undefined ? '' : `/${event}`}`;
}

/** Returns the outcome in the format of `expected`; a response to HEAD has no body. */
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
  const [, permission] = /the permission "(\w+)" for this (?:organizer|event)/.exec(detail) ?? [];
  return permission === undefined ? '403 organizer' : `403 permission ${permission}`;
}

/** Runs the work for all items, with a limited number in parallel. */
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
