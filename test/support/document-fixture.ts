import { after, before, beforeEach, describe } from 'node:test';
import { sql } from 'kysely';
import { type DocumentApplication, type DocumentSite, startDocumentSite } from './document-site.ts';
import { ENGINE_VARIABLES } from './engines.ts';
import { createPlatform, type TestPlatform } from './factories.ts';
import { authorizationUrl, requestOf, signIn } from './flow.ts';
import { startServer, type TestServer } from './server.ts';
import { obtainTokens } from './tokens.ts';
import { type Page, UserAgent } from './user-agent.ts';

/** A server, a host of documents that it may fetch, and a user who is signed in. */
export interface DocumentWorld {
  readonly server: TestServer;
  readonly platform: TestPlatform;
  readonly site: DocumentSite;
  readonly ada: UserAgent;
  /** Opens an authorization request of an application. */
  open(
    application: Pick<DocumentApplication, 'clientId' | 'redirectUri'>,
    parameters?: Readonly<Record<string, string>>,
    agent?: UserAgent,
  ): Promise<Page>;
  /** Lets the user allow an application the scope `read`, and returns the tokens. */
  connect(application: DocumentApplication): ReturnType<typeof obtainTokens>;
  /** Changes the copies of all documents: `STALE` lets them become old. */
  setDocuments(change: string): Promise<unknown>;
}

/** Lets copies become old. */
export const STALE = "fresh_until = now() - interval '1 second'";

/** Returns the path of an application in the management API. */
export function pathOf({ clientId }: Pick<DocumentApplication, 'clientId'>): string {
  return `/api/v1/applications/${encodeURIComponent(clientId)}/`;
}

/** Runs tests with documents on each engine. Each test has the whole budget of the user and the host. */
export function describeDocuments(name: string, tests: (world: DocumentWorld) => void): void {
  for (const [engine, variables] of Object.entries(ENGINE_VARIABLES)) {
    describe(`${name}, on ${engine}`, () => {
      const { world, start, stop } = createWorld(variables);
      before(start);
      after(stop);
      beforeEach(() => sql`delete from rate_limits`.execute(world.server.database.db));
      tests(world);
    });
  }
}

function createWorld(variables: Readonly<Record<string, string>>) {
  let parts: Pick<DocumentWorld, 'server' | 'platform' | 'site' | 'ada'> | undefined;
  const get = () => {
    if (parts === undefined) {
      throw new Error('The server runs only within tests.');
    }
    return parts;
  };
  const world: DocumentWorld = {
    get server() {
      return get().server;
    },
    get platform() {
      return get().platform;
    },
    get site() {
      return get().site;
    },
    get ada() {
      return get().ada;
    },
    open: (application, parameters = {}, agent = get().ada) =>
      agent.get(authorizationUrl(get().server, requestOf(application, parameters))),
    connect: (application) => {
      const { server, platform, ada: agent } = get();
      return obtainTokens(server, { application, user: platform.ada, agent, scope: 'read' });
    },
    setDocuments: (change) =>
      sql`update client_documents set ${sql.raw(change)}`.execute(get().server.database.db),
  };
  const start = async () => {
    const site = await startDocumentSite();
    const server = await startServer({ FETCH_PRIVATE_HOSTS: '127.0.0.1', ...variables });
    const platform = await createPlatform(server);
    const ada = new UserAgent(server);
    await signIn(ada, await ada.get('/login'), platform.ada);
    parts = { server, platform, site, ada };
  };
  const stop = async () => {
    await parts?.server.close();
    await parts?.site.close();
  };
  return { world, start, stop };
}
