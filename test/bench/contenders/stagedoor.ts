import { createPlatform } from '../../support/factories.ts';
import { OPERATOR_TOKEN, prepareEnvironment } from '../../support/server-environment.ts';
import { userOfBrowser } from '../data.ts';
import { fillTables } from '../fill-tables.ts';
import { BARE, STAGEDOOR } from '../goals.ts';
import { startMeasured } from '../measured-server.ts';
import { type OAuthService, oauthOperations } from '../operations.ts';
import { bareOperations } from './bare.ts';
import type { Contender } from './contender.ts';

/**
 * Starts Stagedoor, and on the same database the bare server, the least that the stack can do.
 */
export async function startStagedoor(browsers: number): Promise<{
  readonly contenders: readonly Contender[];
  readonly service: OAuthService;
}> {
  const environment = await prepareEnvironment();
  const ours = await startMeasured('stagedoor-server.ts', environment.variables);
  const bare = await startMeasured('bare-server.ts', environment.variables);
  const server = { issuer: environment.issuer, operatorToken: OPERATOR_TOKEN };
  const { ada, application, resourceServer } = await createPlatform(server);
  await fillTables(environment.variables.DATABASE_URL ?? '', {
    clientId: application.clientId,
    passwordOf: ada.id,
    signingIn: Array.from({ length: browsers }, (_, browser) => userOfBrowser(browser)),
  });
  const service = {
    issuer: environment.issuer,
    application,
    caller: resourceServer,
    browsers,
    userOf: (browser: number) => ({
      id: userOfBrowser(browser),
      email: `${userOfBrowser(browser)}@example.com`,
      password: ada.password,
    }),
  };
  const contenders = [
    {
      name: BARE,
      server: bare,
      prepare: bareOperations(bare.url, service),
      close: () => bare.stop(),
    },
    {
      name: STAGEDOOR,
      server: ours,
      prepare: oauthOperations(service),
      close: async () => {
        await ours.stop();
        await environment.remove();
      },
    },
  ];
  return { contenders, service };
}
