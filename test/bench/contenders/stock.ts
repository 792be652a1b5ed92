import { createEmptyDatabase } from '../../support/database.ts';
import { freePort } from '../../support/free-port.ts';
import { REDIRECT_URI, STOCK_CALLER, STOCK_CLIENT, userOfBrowser } from '../data.ts';
import { MEMORY, POSTGRES } from '../goals.ts';
import { startMeasured } from '../measured-server.ts';
import { oauthOperations } from '../operations.ts';
import type { Contender } from './contender.ts';

/** Starts an unmodified oidc-provider that stores its models in memory or in PostgreSQL. */
export async function startStock(
  storage: 'memory' | 'PostgreSQL',
  browsers: number,
): Promise<Contender> {
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  const database = storage === 'PostgreSQL' ? await createEmptyDatabase() : undefined;
  const server = await startMeasured('stock-server.ts', {
    PORT: String(port),
    DATABASE_URL: database?.url ?? '',
  });
  return {
    name: storage === 'memory' ? MEMORY : POSTGRES,
    server,
    prepare: oauthOperations({
      issuer,
      application: { ...STOCK_CLIENT, redirectUri: REDIRECT_URI },
      caller: STOCK_CALLER,
      browsers,
      userOf: (browser) => ({
        id: userOfBrowser(browser),
        email: userOfBrowser(browser),
        password: 'any password is accepted',
      }),
    }),
    close: async () => {
      await server.stop();
      await database?.drop();
    },
  };
}
