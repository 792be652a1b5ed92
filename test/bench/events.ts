import { importAll } from '../support/bulk.ts';
import { createPlatform } from '../support/factories.ts';
import type { ManagedServer } from '../support/platform.ts';
import { OPERATOR_TOKEN, prepareEnvironment } from '../support/server-environment.ts';
import { basic, introspect, obtainTokens } from '../support/tokens.ts';
import { CONNECTIONS } from './data.ts';
import { load, type Target } from './load.ts';
import { type MeasuredServer, startMeasured } from './measured-server.ts';
import { runAndExit } from './run-and-exit.ts';
import { median } from './statistics.ts';
import { withPostgres } from './with-postgres.ts';

const ROUNDS = 5;
const PER_ROUND = 1000;
const TEAMS = 5;
const EVENTS = 200;
const PERMISSIONS = [
  'can_change_event_settings',
  'can_view_orders',
  'can_change_orders',
  'can_view_vouchers',
  'can_change_vouchers',
];

/** Users by their teams at one organizer. */
const USERS = {
  all: '1 team for all events',
  same: `${TEAMS} teams for the same ${EVENTS} events`,
  apart: `${TEAMS} teams for ${EVENTS} other events each`,
} as const;

/**
 * Measures CPU time and size of an introspection response by the events of the user's teams, beside Koa and
 * one SELECT that reads no teams: `npm run bench:events`. Requests alternate between the users.
 */
async function main(): Promise<void> {
  await withPostgres(async () => {
    const environment = await prepareEnvironment();
    const server = await startMeasured('stagedoor-server.ts', environment.variables);
    const bare = await startMeasured('bare-server.ts', environment.variables);
    try {
      await measure(server, bare, { issuer: environment.issuer, operatorToken: OPERATOR_TOKEN });
    } finally {
      await bare.stop();
      await server.stop();
      await environment.remove();
    }
  });
}

async function measure(
  stagedoor: MeasuredServer,
  bare: MeasuredServer,
  managed: ManagedServer,
): Promise<void> {
  const all = await prepare(managed, bare);
  for (const { target } of all) {
    await load(target, PER_ROUND, CONNECTIONS);
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const one of all) {
      const server = one.isBare ? bare : stagedoor;
      const before = await server.cpu();
      await load(one.target, PER_ROUND, CONNECTIONS);
      one.cpu.push(((await server.cpu()) - before) / PER_ROUND);
    }
  }
  const [first] = all;
  const limit = all.find(({ isBare }) => isBare);
  console.log(`\n${ROUNDS} rounds of ${PER_ROUND} requests, node ${process.version}; medians`);
  console.table(
    all.map(({ teams, bytes, cpu }) => ({
      teams,
      'answer, bytes': bytes,
      'CPU µs/request': Math.round(median(cpu)),
      'CPU ratio': Number((median(cpu) / median(first?.cpu ?? [])).toFixed(2)),
      'beside Koa and one SELECT': Number((median(cpu) / median(limit?.cpu ?? [])).toFixed(2)),
    })),
  );
}

/** A user with a token, and the figures of introspections. */
interface Measured {
  readonly teams: string;
  readonly bytes: number;
  readonly target: Target;
  readonly cpu: number[];
  /** It is answered by the server to compare with. */
  readonly isBare: boolean;
}

async function prepare(server: ManagedServer, bare: MeasuredServer): Promise<Measured[]> {
  const { application, resourceServer } = await createPlatform(server);
  const password = 'a password of the benchmark';
  await importAll(server, [
    ...Object.keys(USERS).map((id) => ({ user: { id, email: `${id}@example.com`, password } })),
    { team: { organizer: 'redstage', id: 'all', permissions: PERMISSIONS, members: ['all'] } },
    ...PERMISSIONS.flatMap((permission, n) => [
      { team: teamOf(`same-${n}`, permission, 0, 'same') },
      { team: teamOf(`apart-${n}`, permission, n * EVENTS, 'apart') },
    ]),
  ]);
  const measured: Measured[] = [];
  for (const [id, teams] of Object.entries(USERS)) {
    const user = { id, email: `${id}@example.com`, password };
    const { accessToken } = await obtainTokens(server, { application, user, scope: 'read' });
    const body = new URLSearchParams({ token: accessToken }).toString();
    const headers = {
      authorization: basic(resourceServer.clientId, resourceServer.clientSecret ?? ''),
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': String(body.length),
    };
    const url = `${server.issuer}/api/v1/oauth/introspect`;
    const answer = await introspect(server, resourceServer, accessToken);
    const bytes = JSON.stringify(answer.body).length;
    measured.push({
      teams,
      bytes,
      cpu: [],
      target: { url, body, headers, expect: '"active":true' },
      isBare: false,
    });
  }
  return [...measured, ...measured.slice(0, 1).map((one) => besideBare(one, bare))];
}

function besideBare({ target }: Measured, { url }: MeasuredServer): Measured {
  const teams = 'Koa and one SELECT';
  return {
    teams,
    bytes: 0,
    cpu: [],
    isBare: true,
    target: { ...target, url: `${url}/introspect` },
  };
}

function teamOf(id: string, permission: string, from: number, member: string): object {
  const limit_events = Array.from({ length: EVENTS }, (_, index) => `event-2027-${from + index}`);
  const permissions = [permission];
  return {
    ...{ organizer: 'redstage', id, permissions, members: [member] },
    ...{ all_events: false, limit_events },
  };
}

await runAndExit(main);
