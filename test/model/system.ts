import pg from 'pg';
import { createPlatform, putUser, registerApplication } from '../support/factories.ts';
import type { ClientCredentials } from '../support/platform.ts';
import { manage } from '../support/platform.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { UserAgent } from '../support/user-agent.ts';
import { LIFETIMES, type Model, type ModelApplication, type ModelUser } from './model.ts';

export const ORGANIZERS = ['redstage', 'bluehall', 'greenarena'];
export const SCOPES = ['read', 'write', 'profile'];

/** Two server processes on one database. */
export interface System {
  readonly servers: readonly [ServerProcess, ServerProcess];
  readonly resourceServer: ClientCredentials;
  readonly database: pg.Client;
  readonly retrySeconds: number;
  close(): Promise<void>;
}

const CHILD = `${import.meta.dirname}/../support/cheap-server-child.ts`;

export async function startSystem(retrySeconds: number): Promise<System> {
  const settings = {
    TRUST_PROXY: '1',
    REFRESH_RETRY_SECONDS: String(retrySeconds),
    ACCESS_TOKEN_TTL: String(LIFETIMES.accessToken),
    REFRESH_TOKEN_TTL: String(LIFETIMES.refreshToken),
  };
  const first = await startServerProcess(settings, CHILD);
  const second = await startServerProcess({ ...settings, DATABASE_URL: first.databaseUrl }, CHILD);
  const { resourceServer } = await createPlatform(first);
  const database = new pg.Client({ connectionString: first.databaseUrl });
  await database.connect();
  return {
    servers: [first, second],
    resourceServer,
    database,
    retrySeconds,
    close: async () => {
      await database.end();
      await second.close();
      await first.close();
    },
  };
}

let walks = 0;

/** Provisions users and applications that no other walk uses. */
export async function newModel(system: System): Promise<Model & { readonly team: string }> {
  walks += 1;
  const name = `walk${walks}`;
  const [server] = system.servers;
  const users: ModelUser[] = [];
  for (const id of [`${name}-ann`, `${name}-bob`]) {
    users.push({
      user: await putUser(server, { id }),
      agents: system.servers.map(
        (one) => new UserAgent(one, { 'x-forwarded-for': `2001:db8::${walks.toString(16)}` }),
      ),
      organizers: new Set(ORGANIZERS),
      active: true,
      deleted: false,
    });
  }
  const applications: ModelApplication[] = [];
  for (const clientType of ['confidential', 'public'] as const) {
    const application = await registerApplication(server, { owner: 'ben', clientType });
    applications.push({ application, enabled: true, suspended: false, deleted: false });
  }
  const model = {
    now: 0,
    retrySeconds: system.retrySeconds,
    team: name,
    users,
    applications,
    grants: [],
    codes: [],
    pairs: [],
  };
  for (const organizer of ORGANIZERS) {
    await putMembers(system, model, organizer);
  }
  return model;
}

/** Provisions the members of the walk's team at an organizer, as in the model. */
export async function putMembers(
  { servers }: System,
  { users, team }: Pick<Model, 'users'> & { readonly team: string },
  organizer: string,
): Promise<void> {
  const members = users
    .filter((one) => one.organizers.has(organizer) && !one.deleted)
    .map(({ user }) => user.id);
  const path = `/api/v1/directory/organizers/${organizer}/teams/${team}/`;
  const permissions = ['can_view_orders', 'can_change_orders'];
  await manage(servers[0], 'PUT', path, { name: team, permissions, members });
}

/** Simulates passing time: makes all rows of grants of these applications older. */
export async function letTimePass(
  { database }: System,
  applications: readonly ModelApplication[],
  seconds: number,
): Promise<void> {
  const { rows } = await database.query<{ table_name: string; columns: string[] }>(TIMES);
  for (const { table_name: table, columns } of rows) {
    const changes = columns.map((column) => `${column} = ${column} - make_interval(secs => $1)`);
    const key = table === 'grants' ? 'id' : 'grant_id';
    await database.query(
      `update ${table} set ${changes.join(', ')}
         where ${key} in (select id from grants where client_id = any($2))`,
      [seconds, applications.map(({ application }) => application.clientId)],
    );
  }
}

/** Tables of grants and tokens, with their time columns. */
const TIMES = `
  select table_name, array_agg(column_name::text) as columns
    from information_schema.columns c
    where table_schema = 'public' and data_type = 'timestamp with time zone'
      and table_name not in ('audit_events', 'interactions')
      and (table_name = 'grants' or exists (
        select from information_schema.columns g
        where g.table_schema = 'public' and g.table_name = c.table_name
          and g.column_name = 'grant_id'))
    group by table_name`;
