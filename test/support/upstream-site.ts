import { createPlatform, type TestPlatform } from './factories.ts';
import { freePort } from './free-port.ts';
import { startServer, type TestServer } from './server.ts';
import {
  startUpstreamProvider,
  type UpstreamAccount,
  type UpstreamProvider,
} from './upstream-provider.ts';

/** A Stagedoor whose users sign in at the upstream login. */
export interface UpstreamSite {
  readonly server: TestServer;
  readonly upstream: UpstreamProvider;
  readonly platform: TestPlatform;
  /** Accounts of Ada and Ben at the platform, which are linked to users here. */
  readonly ada: UpstreamAccount;
  readonly ben: UpstreamAccount;
  close(): Promise<void>;
}

/** Starts both. */
export async function startUpstreamSite(
  overrides: Readonly<Record<string, string>> = {},
): Promise<UpstreamSite> {
  const upstream = await startUpstreamProvider(await freePort());
  const server = await startServer({ ...upstream.variables, ...overrides });
  const ada = upstream.addAccount('platform|4711', { email: 'ada@example.com' });
  const ben = upstream.addAccount('platform|4712', { email: 'ben@example.com' });
  const platform = await createPlatform(server, { ada: ada.sub, ben: ben.sub });
  return {
    server,
    upstream,
    platform,
    ada,
    ben,
    close: async () => {
      await server.close();
      await upstream.close();
    },
  };
}
