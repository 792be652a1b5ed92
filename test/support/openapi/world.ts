import { generateKeyPairSync } from 'node:crypto';
import { z } from 'zod';
import { addKeys } from '../client-keys.ts';
import {
  putOrganizer,
  putTeam,
  putUser,
  registerApplication,
  registerResourceServer,
  type TestPlatform,
} from '../factories.ts';
import { manage } from '../platform.ts';
import type { TestServer } from '../server.ts';
import { obtainTokens } from '../tokens.ts';

/** Creates new objects for calling operations. */
export interface World {
  readonly platform: TestPlatform;
  /** Returns an unused id. */
  unused(): string;
  user(): Promise<string>;
  organizer(): Promise<string>;
  team(): Promise<{ slug: string; id: string }>;
  application(): Promise<{ client_id: string }>;
  /** Suspended; nobody registered it by hand. */
  suspendedAgent(): Promise<{ client_id: string }>;
  /** Returns a new public key in PEM. */
  publicKey(): string;
  applicationKey(): Promise<{ client_id: string; id: string }>;
  blockedHost(): Promise<string>;
  resourceServer(): Promise<{ client_id: string }>;
  resourceServerSecret(): Promise<{ client_id: string; id: string }>;
  grant(): Promise<{ id: string }>;
  operatorToken(...rights: string[]): Promise<{ id: string; authorization: string }>;
  /** Returns the `Authorization` header of an application with this scope. */
  access(scope: string): Promise<string>;
}

function newPublicKey(): string {
  const { publicKey } = generateKeyPairSync('ed25519');
  return publicKey.export({ type: 'spki', format: 'pem' }).toString();
}

const idOnly = z.object({ id: z.string() });
const grants = z.object({ results: z.array(idOnly) });
const made = z.object({ id: z.string(), token: z.string() });

/** Creates a world on a server with the users and applications of most tests. */
export function createWorld(server: TestServer, platform: TestPlatform): World {
  let number = 0;
  const unused = () => {
    number += 1;
    return `walk-${number}`;
  };
  const user = async () => (await putUser(server, { id: unused() })).id;
  const organizer = () => putOrganizer(server, unused());
  const newApplication = () => registerApplication(server, { owner: 'ben' });
  const authorize = async (scope: string) => {
    const application = await newApplication();
    const tokens = await obtainTokens(server, { application, user: platform.ada, scope });
    return { application, tokens };
  };
  return {
    platform,
    unused,
    user,
    organizer,
    team: async () => {
      const slug = await organizer();
      return { slug, id: await putTeam(server, { organizer: slug, members: ['ada'] }) };
    },
    application: async () => ({ client_id: (await newApplication()).clientId }),
    suspendedAgent: async () => {
      const { clientId } = await newApplication();
      await manage(server, 'POST', `/api/v1/applications/${clientId}/suspend/`, { reason: 'x' });
      await server.database.db
        .updateTable('applications')
        .set({ kind: 'dynamic', owner_id: null })
        .where('client_id', '=', clientId)
        .execute();
      return { client_id: clientId };
    },
    publicKey: newPublicKey,
    applicationKey: async () => {
      const { clientId } = await newApplication();
      const [key = { id: '' }] = await addKeys(server, clientId, newPublicKey());
      return { client_id: clientId, id: key.id };
    },
    blockedHost: async () => {
      const host = `${unused()}.example`;
      await manage(server, 'PUT', `/api/v1/blocked-hosts/${host}/`, {});
      return host;
    },
    resourceServer: async () => ({
      client_id: (await registerResourceServer(server)).clientId,
    }),
    resourceServerSecret: async () => {
      const { clientId } = await registerResourceServer(server);
      const path = `/api/v1/resource-servers/${clientId}/secrets/`;
      const { id } = idOnly.parse(await manage(server, 'POST', path, {}));
      return { client_id: clientId, id };
    },
    grant: async () => {
      const { application } = await authorize('read');
      const path = `/api/v1/grants/?application=${application.clientId}`;
      const [grant = { id: '' }] = grants.parse(await manage(server, 'GET', path)).results;
      return grant;
    },
    operatorToken: async (...rights) => {
      const body = { name: unused(), rights };
      const answer = await manage(server, 'POST', '/api/v1/operator-tokens/', body);
      const { id, token } = made.parse(answer);
      return { id, authorization: `Token ${token}` };
    },
    access: async (scope) => `Bearer ${(await authorize(scope)).tokens.accessToken}`,
  };
}
