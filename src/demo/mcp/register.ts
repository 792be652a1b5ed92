import { type ManagementClient, manage, readCredentials } from '../management.ts';
import { type ClientCredentials, loadRegistration, saveRegistration } from '../registration.ts';

/**
 * Registers the MCP server as an API service for tokens of its own, once; a later start corrects its
 * URL. The secret is kept in the data folder.
 */
export async function registerMcpServer(
  client: ManagementClient,
  { dataDir, resource }: { readonly dataDir: string; readonly resource: string },
): Promise<ClientCredentials> {
  const known = (await loadRegistration(dataDir)) ?? { passwords: {} };
  const details = { resources: [resource], require_audience: true };
  if (known.mcpServer !== undefined) {
    const path = `/resource-servers/${known.mcpServer.clientId}/`;
    if ((await manage(client, 'PATCH', path, details)) !== undefined) {
      return known.mcpServer;
    }
  }
  const body = { name: 'Demo MCP server', ...details };
  const mcpServer = readCredentials(await manage(client, 'POST', '/resource-servers/', body));
  await saveRegistration(dataDir, { ...known, mcpServer });
  return mcpServer;
}
