import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { accessOf, createResourceServer } from '@stagedoor/resource-server';
import { guard, protectedResource } from '@stagedoor/resource-server/express';
import express from 'express';
import { z } from 'zod';

// 1. The authorization server, the credentials of this service, and its own URL.
const stagedoor = createResourceServer({
  issuer: '{{issuer}}',
  clientId: process.env.STAGEDOOR_CLIENT_ID,
  clientSecret: process.env.STAGEDOOR_CLIENT_SECRET,
  resources: [process.env.MCP_URL ?? 'http://localhost:8000/mcp'],
  metadata: { name: 'Orders' },
});

const orders = [
  { code: 'R1', organizer: 'redstage' },
  { code: 'B1', organizer: 'bluehall' },
];

// 2. The tools, for what one token allows.
function createTools(access) {
  const server = new McpServer({ name: 'orders', version: '1.0.0' });
  const inputSchema = { organizer: z.string() };
  server.registerTool('list_orders', { inputSchema }, ({ organizer }) => {
    const isAllowed = access.can(organizer, 'can_view_orders');
    const found = orders.filter((order) => order.organizer === organizer);
    const allowed = `Allowed organizers: ${access.organizersWith('can_view_orders').join(', ')}`;
    const text = isAllowed ? JSON.stringify(found) : allowed;
    return { isError: !isAllowed, content: [{ type: 'text', text }] };
  });
  return server;
}

const app = express();
// 3. Agents find the authorization server by this description.
app.use(protectedResource(stagedoor));
// 4. Every request needs a token. MCP sends POST for reading, too, so the scope is named.
app.use('/mcp', guard(stagedoor, { organizer: null, scopes: ['read'] }));
app.post('/mcp', express.json(), async (request, response) => {
  const server = createTools(accessOf(request));
  const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
  response.on('close', () => server.close());
  await server.connect(transport);
  await transport.handleRequest(request, response, request.body);
});
app.all('/mcp', (_, response) => response.set('allow', 'POST').sendStatus(405));
app.listen(process.env.PORT ?? 8000);
