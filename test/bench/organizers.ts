import pg from 'pg';
import { createPlatform, putUser } from '../support/factories.ts';
import { OPERATOR_TOKEN, prepareEnvironment } from '../support/server-environment.ts';
import { basic, introspect, obtainTokens } from '../support/tokens.ts';
import { load, type Target } from './load.ts';
import { type MeasuredServer, startMeasured } from './measured-server.ts';
import { runAndExit } from './run-and-exit.ts';
import { withPostgres } from './with-postgres.ts';

/** Numbers of organizers of a grant; only grants older than the limit can have the last one. */
const SIZES = [5, 50, 500, 5000];
const ROUNDS = 5;
/** Requests per round to each grant, one at a time, so that the time is the latency. */
const PER_ROUND = 300;

/**
 * Measures CPU time, latency and size of an introspection response by the number of organizers of
 * the grant: `npm run bench:organizers`. Requests alternate between the grants.
 */
async function main(): Promise<void> {
  await withPostgres(async () => {
    const environment = await prepareEnvironment();
    const server = await startMeasured('stagedoor-server.ts', environment.variables);
    try {
      await measure(server, environment.issuer, environment.variables.DATABASE_URL ?? '');
    } finally {
      await server.stop();
      await environment.remove();
    }
  });
}

interface Sized {
  readonly size: number;
  readonly bytes: number;
  readonly target: Target;
  readonly cpu: number[];
  readonly milliseconds: number[];
}

async function measure(server: MeasuredServer, issuer: string, databaseUrl: string): Promise<void> {
  const grants = await prepare({ issuer, operatorToken: OPERATOR_TOKEN }, databaseUrl);
  for (const { target } of grants) {
    await load(target, PER_ROUND, 1);
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { target, cpu, milliseconds } of grants) {
      const before = await server.cpu();
      milliseconds.push(((await load(target, PER_ROUND, 1)) * 1000) / PER_ROUND);
      cpu.push(((await server.cpu()) - before) / PER_ROUND);
    }
  }
  const [least] = grants;
  console.log(`\n${ROUNDS} rounds of ${PER_ROUND} requests, node ${process.version}; medians`);
  console.table(
    grants.map(({ size, bytes, cpu, milliseconds }) => ({
      'organizers of the grant': size,
      'answer, bytes': bytes,
      'CPU µs/request': Math.round(median(cpu)),
      'latency, ms': Number(median(milliseconds).toFixed(2)),
      'CPU ratio': Number((median(cpu) / median(least?.cpu ?? [])).toFixed(2)),
    })),
  );
}

/** Creates a user and a token for each size. */
async function prepare(
  server: { readonly issuer: string; readonly operatorToken: string },
  databaseUrl: string,
): Promise<Sized[]> {
  const { application, resourceServer } = await createPlatform(server);
  const database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  try {
    await database.query(
      `insert into organizers (slug, name)
         select 'organizer-' || lpad(n::text, 5, '0'), '"Organizer"' from generate_series(1, $1::int) n`,
      [Math.max(...SIZES)],
    );
    await database.query(
      `insert into teams (organizer_slug, id, name, permissions)
         select slug, 'staff', 'Staff', array['can_view_orders', 'can_change_orders']
           from organizers where slug like 'organizer-%'`,
    );
    const grants: Sized[] = [];
    for (const size of SIZES) {
      const user = await putUser(server, { id: `user-${size}` });
      const join = (rows: string) =>
        database.query(
          `${rows} from organizers where slug like 'organizer-%' order by slug limit ${size}`,
        );
      // One organizer by consent; the others are inserted, as in a grant older than the limit.
      await database.query(
        `insert into memberships (user_id, organizer_slug, team_id) values ($1, 'redstage', 'staff')`,
        [user.id],
      );
      const { accessToken } = await obtainTokens(server, { application, user, scope: 'read' });
      await join(
        `insert into memberships (user_id, organizer_slug, team_id) select '${user.id}', slug, 'staff'`,
      );
      const { rows } = await database.query(
        'delete from grant_organizers where grant_id = (select id from grants where user_id = $1) returning grant_id',
        [user.id],
      );
      await join(
        `insert into grant_organizers (grant_id, organizer_slug) select '${rows[0].grant_id}', slug`,
      );
      const { body } = await introspect(server, resourceServer, accessToken);
      const sent = new URLSearchParams({ token: accessToken }).toString();
      grants.push({
        size,
        bytes: JSON.stringify(body).length,
        cpu: [],
        milliseconds: [],
        target: {
          url: `${server.issuer}/api/v1/oauth/introspect`,
          body: sent,
          expect: '"active":true',
          headers: {
            authorization: basic(resourceServer.clientId, resourceServer.clientSecret ?? ''),
            'content-type': 'application/x-www-form-urlencoded',
            'content-length': String(sent.length),
          },
        },
      });
    }
    await database.query('analyze');
    return grants;
  } finally {
    await database.end();
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

await runAndExit(main);
