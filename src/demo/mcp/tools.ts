import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { Access } from '@stagedoor/resource-server';
import { z } from 'zod';
import type { Orders } from '../orders.ts';

/** Scope of a connection and of every tool that is not listed. */
export const CONNECTION_SCOPE = 'read';

/** Scopes of tools that change something. */
export const TOOL_SCOPES: ReadonlyMap<string, string> = new Map([['place_order', 'write']]);

const organizer = z.string().describe('Slug of an organizer, from list_organizers');

/**
 * Creates the MCP server of one request. An organizer that the token does not open is an error of the
 * tool: the agent reads the reason, and no other scope would help.
 */
export function createTools(access: Access, orders: Orders): McpServer {
  const server = new McpServer({ name: 'stagedoor-demo', version: '1.0.0' });
  server.registerTool(
    'list_organizers',
    {
      description: 'Lists the organizers that the user allowed, with the user’s permissions there.',
    },
    () =>
      answer(access.organizers.map((slug) => ({ slug, permissions: access.permissionsAt(slug) }))),
  );
  server.registerTool(
    'list_orders',
    { description: 'Lists the orders of an organizer.', inputSchema: { organizer } },
    ({ organizer: slug }) => {
      const events = access.eventsWith(slug, 'can_view_orders');
      return events.length === 0
        ? refuse(access, slug, 'can_view_orders')
        : answer(
            orders.list(slug).filter(({ event }) => events === 'all' || events.includes(event)),
          );
    },
  );
  server.registerTool(
    'place_order',
    { description: 'Places a made-up order at an organizer.', inputSchema: { organizer } },
    ({ organizer: slug }) =>
      access.can(slug, 'can_change_orders')
        ? answer(orders.place(slug))
        : refuse(access, slug, 'can_change_orders'),
  );
  return server;
}

function refuse(access: Access, slug: string, permission: string): CallToolResult {
  const reason = access.opens(slug)
    ? `The user does not have the permission "${permission}" at the organizer "${slug}".`
    : `The user did not allow the organizer "${slug}", or is no longer a member there. Call list_organizers.`;
  return { isError: true, content: [{ type: 'text', text: reason }] };
}

function answer(result: unknown): CallToolResult {
  return { content: [{ type: 'text', text: JSON.stringify(result) }] };
}
