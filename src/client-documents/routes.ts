import { z } from 'zod';
import { type ApiDeps, component, type Endpoint } from '../api/endpoint.ts';
import { lines, time } from '../api/fields.ts';
import { listEndpoint } from '../api/list-endpoint.ts';
import { ordering } from '../api/query.ts';
import { deleteEndpoint, writeEndpoint } from '../api/write-endpoint.ts';
import { blockHost, unblockHost } from './block-host.ts';
import { type BlockedHost, listBlockedHosts } from './blocked-host-store.ts';

const EXAMPLE = { reason: 'Imitates other applications.' };

/** Query of `GET /blocked-hosts/`. */
const blockedHostQuery = z.object({ ordering: ordering(['created_at'], 'created_at') });

/** Body of `PUT /blocked-hosts/{host}/`. */
const blockedHostBody = component(
  'BlockedHostBody',
  z.object({ reason: lines(2000).default('').describe('For the log and the applications.') }),
  EXAMPLE,
);

/** A blocked host in responses. */
const blockedHostAnswer = component(
  'BlockedHost',
  z.object({
    host: z.string().describe('Includes its subdomains.'),
    reason: z.string(),
    created_at: time,
  }),
  { host: 'agent.example.com', ...EXAMPLE, created_at: '2026-11-02T09:30:00.000Z' },
);

function presentBlockedHost({
  host,
  reason,
  createdAt,
}: BlockedHost): z.infer<typeof blockedHostAnswer.schema> {
  return { host, reason, created_at: createdAt.toISOString() };
}

const ALL = { path: '/blocked-hosts', right: 'applications', tag: 'Applications' } as const;
const ONE = {
  ...ALL,
  path: '/blocked-hosts/:host',
  params: { host: { description: 'Host name, without a port', example: 'agent.example.com' } },
} as const;

/** Hosts whose client metadata documents are not accepted. */
export function blockedHostEndpoints(deps: ApiDeps): Endpoint[] {
  return [
    listEndpoint(deps, {
      ...ALL,
      id: 'listBlockedHosts',
      summary: 'List hosts whose client metadata documents are not accepted',
      query: blockedHostQuery,
      entry: blockedHostAnswer,
      conditional: { by: 'last-modified', list: () => 'blocked-hosts' },
      load: (tx, { query, slice }) => listBlockedHosts(tx, slice, query.ordering.direction),
      present: presentBlockedHost,
    }),
    writeEndpoint(deps, {
      ...ONE,
      method: 'put',
      id: 'blockHost',
      summary: 'Block a host of client metadata documents',
      details:
        'Its documents, and those of its subdomains, are no longer accepted. Their applications are suspended.',
      body: blockedHostBody,
      answer: blockedHostAnswer,
      statuses: { 200: 'The blocked host.' },
      run: async ({ tx, actor, param, body }) => {
        const blocked = await blockHost(tx, actor, param('host'), body.reason);
        return { status: 200, answer: presentBlockedHost(blocked) };
      },
    }),
    deleteEndpoint(deps, {
      ...ONE,
      id: 'unblockHost',
      summary: 'Accept documents of a host again',
      details: 'Applications that were suspended stay suspended.',
      deleted: 'The host is no longer blocked.',
      run: ({ tx, actor, param }) => unblockHost(tx, actor, param('host')),
    }),
  ];
}
