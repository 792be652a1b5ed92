import type { ApiDeps, Endpoint } from '../api/endpoint.ts';
import { listEndpoint } from '../api/list-endpoint.ts';
import { NO_CONTENT, nothing, writeEndpoint } from '../api/write-endpoint.ts';
import { blockHost, unblockHost } from './block-host.ts';
import { listBlockedHosts } from './blocked-host-store.ts';
import {
  blockedHostAnswer,
  blockedHostBody,
  blockedHostQuery,
  presentBlockedHost,
} from './wire.ts';

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
    writeEndpoint(deps, {
      ...ONE,
      method: 'delete',
      id: 'unblockHost',
      summary: 'Accept documents of a host again',
      details: 'Applications that were suspended stay suspended.',
      body: nothing,
      statuses: { 204: 'The host is no longer blocked.' },
      run: async ({ tx, actor, param }) => {
        await unblockHost(tx, actor, param('host'));
        return NO_CONTENT;
      },
    }),
  ];
}
