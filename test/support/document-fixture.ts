import { beforeEach, describe } from 'node:test';
import { sql } from 'kysely';
import { type DocumentApplication, type DocumentSite, startDocumentSite } from './document-site.ts';
import { ENGINE_VARIABLES } from './engines.ts';
import type { TestPlatform } from './factories.ts';
import { prepared, withPlatform } from './fixture.ts';
import { authorizationUrl, requestOf, signedIn } from './flow.ts';
import type { TestServer } from './server.ts';
import { obtainTokens } from './tokens.ts';
import type { Page, UserAgent } from './user-agent.ts';

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
      const world = withDocuments(variables);
      beforeEach(() => sql`delete from rate_limits`.execute(world.server.database.db));
      tests(world);
    });
  }
}

/** Starts a server and a host of documents for the tests of a suite. */
export function withDocuments(variables: Readonly<Record<string, string>> = {}): DocumentWorld {
  const site = prepared(startDocumentSite, (one) => one.close());
  const { server, platform } = withPlatform({ FETCH_PRIVATE_HOSTS: '127.0.0.1', ...variables });
  const ada = prepared(() => signedIn(server, platform.ada));
  return {
    server,
    platform,
    site,
    ada,
    open: (application, parameters = {}, agent = ada) =>
      agent.get(authorizationUrl(server, requestOf(application, parameters))),
    connect: (application) =>
      obtainTokens(server, { application, user: platform.ada, agent: ada, scope: 'read' }),
    setDocuments: (change) =>
      sql`update client_documents set ${sql.raw(change)}`.execute(server.database.db),
  };
}
