import type { Call } from './call.ts';
import type { World } from './world.ts';

/**
 * Returns calls of an operation that get one status. Several calls are sent one after the other.
 */
type Way = (world: World) => Call | readonly Call[] | Promise<Call | readonly Call[]>;

/** Calls by status: one for each success, and for errors that need a special call. */
export type Walker = Readonly<Record<number, Way>>;

const anything: Walker = { 200: () => ({}) };
const application: Walker = { 200: async (world) => ({ params: await world.application() }) };

/** Calls for each documented operation, by its id. */
export const WALKERS: Readonly<Record<string, Walker>> = {
  listUsers: anything,
  getUser: { 200: () => ({ params: { id: 'ada' } }) },
  putUser: {
    200: async (world) => user(await world.user()),
    201: (world) => user(world.unused()),
  },
  patchUser: {
    200: async (world) => ({ params: { id: await world.user() }, body: { locale: 'de' } }),
  },
  deleteUser: { 204: async (world) => ({ params: { id: await world.user() } }) },

  listOrganizers: anything,
  getOrganizer: { 200: () => ({ params: { slug: 'redstage' } }) },
  putOrganizer: {
    200: async (world) => organizer(await world.organizer()),
    201: (world) => organizer(world.unused()),
  },
  deleteOrganizer: { 204: async (world) => ({ params: { slug: await world.organizer() } }) },
  listTeams: { 200: () => ({ params: { slug: 'redstage' } }) },
  getTeam: { 200: async (world) => ({ params: await world.team() }) },
  putTeam: {
    200: async (world) => team(await world.team()),
    201: (world) => team({ slug: 'redstage', id: world.unused() }),
  },
  deleteTeam: { 204: async (world) => ({ params: await world.team() }) },

  prune: { 200: () => [{ body: { dry_run: true } }, { body: {} }, {}] },

  importDirectory: {
    200: (world) => [
      {
        lines: [
          { organizer: { slug: world.unused(), name: 'Old Mill' } },
          { user: { id: 'ada', email: 'nobody' } },
          { surprise: {} },
        ],
      },
      { query: { atomic: 'true' }, lines: [{ team: { id: 'x', organizer: 'nowhere' } }] },
    ],
  },

  listApplications: anything,
  getApplication: application,
  registerApplication: {
    201: () => [
      { body: { name: 'Seatmap Studio', redirect_uris: ['https://app.example.com/callback'] } },
      {
        body: {
          owner: 'ben',
          name: 'Door App',
          client_type: 'public',
          redirect_uris: ['com.example.door:/callback'],
          scopes: ['read'],
          homepage_url: 'https://door.example.com/',
        },
      },
    ],
  },
  patchApplication: {
    200: async (world) => ({
      params: await world.application(),
      body: { terms_url: 'https://app.example.com/terms', is_active: false },
    }),
  },
  deleteApplication: {
    204: async (world) => ({ params: await world.application() }),
    409: async (world) => ({ params: await world.suspendedAgent() }),
  },
  suspendApplication: {
    200: async (world) => ({ params: await world.application(), body: { reason: 'Looks odd.' } }),
  },
  resumeApplication: application,
  reviewApplication: {
    200: async (world) => ({ params: await world.application(), body: { version: 1 } }),
    412: async (world) => ({ params: await world.application(), body: { version: 2 } }),
  },

  listFailedRequests: application,
  listBlockedHosts: anything,
  blockHost: {
    200: (world) => ({ params: { host: `${world.unused()}.example` }, body: { reason: 'Spam.' } }),
  },
  unblockHost: {
    204: async (world) => ({ params: { host: await world.blockedHost() } }),
  },

  listDeletions: anything,

  listResourceServers: anything,
  registerResourceServer: { 201: () => ({ body: { name: 'Orders API' } }) },
  getResourceServer: { 200: async (world) => ({ params: await world.resourceServer() }) },
  deleteResourceServer: { 204: async (world) => ({ params: await world.resourceServer() }) },
  patchResourceServer: {
    200: async (world) => ({
      params: await world.resourceServer(),
      body: { resources: [`urn:example:${world.unused()}`] },
    }),
  },

  listApplicationKeys: { 200: async (world) => ({ params: await world.application() }) },
  addApplicationKeys: {
    201: async (world) => ({
      params: await world.application(),
      body: { public_keys: world.publicKey() },
    }),
  },
  deleteApplicationKey: { 204: async (world) => ({ params: await world.applicationKey() }) },

  listResourceServerSecrets: {
    200: async (world) => ({ params: await world.resourceServer() }),
  },
  addResourceServerSecret: {
    201: async (world) => [
      { params: await world.resourceServer(), body: {} },
      {
        params: await world.resourceServer(),
        body: { label: 'next', expires_at: '2099-01-01T00:00:00Z' },
      },
    ],
  },
  deleteResourceServerSecret: {
    204: async (world) => ({ params: await world.resourceServerSecret() }),
  },

  listGrants: anything,
  getGrant: { 200: async (world) => ({ params: await world.grant() }) },
  revokeGrant: {
    200: async (world) => {
      const once: Call = { params: await world.grant() };
      return [once, once];
    },
  },

  listLogEntries: anything,

  listOperatorTokens: anything,
  createOperatorToken: {
    201: (world) => [
      { body: { name: world.unused(), rights: ['read'] } },
      { body: { name: world.unused(), rights: ['grants'], expires_at: '2099-01-01T00:00:00Z' } },
    ],
    403: async (world) => [
      {
        ...(await authorizationOf(world, 'directory')),
        body: { name: world.unused(), rights: ['directory'] },
      },
      {
        ...(await authorizationOf(world, 'tokens')),
        body: { name: world.unused(), rights: ['applications'] },
      },
    ],
  },
  revokeOperatorToken: {
    204: async (world) => ({ params: { id: (await world.operatorToken('read')).id } }),
    403: async (world) => ({
      ...(await authorizationOf(world, 'directory')),
      params: { id: (await world.operatorToken('grants')).id },
    }),
  },

  getMe: {
    200: async (world) => ({ authorization: await world.access('profile') }),
    403: async (world) => ({ authorization: await world.access('read') }),
  },
  listOpenOrganizers: {
    200: async (world) => ({ authorization: await world.access('read') }),
    403: async (world) => ({ authorization: await world.access('profile') }),
  },

  getDescription: anything,
};

/** A value for each query parameter with free text. */
export const QUERY_VALUES: Readonly<Record<string, string>> = {
  email: 'ada@example.com',
  owner: 'ben',
  user: 'ada',
  application: 'no-such-application',
  organizer: 'redstage',
  subject: 'ada',
  action: 'stagedoor.user.oauth.authorized',
};

function user(id: string): Call {
  return { params: { id }, body: { email: `${id}@example.com`, password: 'long enough for that' } };
}

function organizer(slug: string): Call {
  return { params: { slug }, body: { name: { en: 'Old Mill', de: 'Alte Mühle' } } };
}

function team(params: { slug: string; id: string }): Call {
  return { params, body: { name: 'Door', permissions: ['can_view_orders'], members: ['ben'] } };
}

async function authorizationOf(world: World, right: string): Promise<Call> {
  return { authorization: (await world.operatorToken(right)).authorization };
}
