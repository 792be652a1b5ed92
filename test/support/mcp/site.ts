import { listen } from '../../../src/demo/listen.ts';
import { createMcpServer } from '../../../src/demo/mcp/server.ts';
import { registerResourceServer } from '../factories.ts';
import type { ManagedServer } from '../platform.ts';

/** The demo MCP server, registered at a test server. */
export interface McpSite {
  /** URL of the MCP server. */
  readonly url: string;
  close(): Promise<void>;
}

/** Starts the demo MCP server for tokens of a test server. */
export async function startMcpSite(server: ManagedServer): Promise<McpSite> {
  const listening = await listen('127.0.0.1', 0);
  const url = `${listening.url}/mcp`;
  const { clientId, clientSecret = '' } = await registerResourceServer(server, 'Demo MCP server', {
    resources: [url],
    require_audience: true,
  });
  const { issuer } = server;
  listening.serve(createMcpServer({ issuer, clientId, clientSecret, resource: url }));
  return { url, close: () => listening.close() };
}
