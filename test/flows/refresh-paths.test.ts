import { describe, test } from 'node:test';
import { newCredential } from '../../src/lib/credentials.ts';
import { ENGINE_VARIABLES } from '../support/engines.ts';
import { prepared } from '../support/fixture.ts';
import { type RefreshAttempt, refreshCase } from '../support/refresh-cases.ts';
import { seedRefresh } from '../support/refresh-subject.ts';
import { comparePaths, startPathServers } from '../support/token-paths.ts';
import type { TokenSubject } from '../support/token-subject.ts';

for (const [engine, variables] of Object.entries(ENGINE_VARIABLES)) {
  describe(`Two code paths of a refresh, on ${engine}`, () => {
    const servers = prepared(
      () => startPathServers(variables, { REFRESH_RETRY_SECONDS: '0' }),
      (one) => one.close(),
    );

    test('return the same responses, and write the same rows', async (t) => {
      const cases = {
        cases: refreshCase,
        seed: seedRefresh,
        usesSecond: ({ retries }: { readonly retries: boolean }) => !retries,
        parametersOf,
      };
      await comparePaths(servers, cases, (message) => t.diagnostic(message));
    });
  });
}

function parametersOf(
  { refreshToken, grantType, scope }: RefreshAttempt,
  { presented, values }: TokenSubject,
): [string, string | undefined][] {
  const presentedValue = {
    right: presented,
    'wrong checksum': `${presented.slice(0, -1)}_`,
    unknown: newCredential('sdr'),
    'access token': values.access,
    empty: '',
    missing: undefined,
  }[refreshToken];
  return [
    ['grant_type', grantType === 'missing' ? undefined : grantType],
    ['refresh_token', presentedValue],
    ['scope', scope],
  ];
}
