import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inTransaction } from '../../src/db/transaction.ts';
import { revokeGrant } from '../../src/grants/revoke.ts';
import { newCredential, randomText } from '../../src/lib/credentials.ts';
import { ENGINE_VARIABLES } from '../support/engines.ts';
import { type ExchangeAttempt, exchangeCase, USUAL } from '../support/exchange-cases.ts';
import { type ExchangeSubject, seedExchange, VERIFIER } from '../support/exchange-subject.ts';
import { prepared } from '../support/fixture.ts';
import { comparePaths, startPathServers } from '../support/token-paths.ts';
import { exchange, introspect } from '../support/tokens.ts';

for (const [engine, variables] of Object.entries(ENGINE_VARIABLES)) {
  describe(`Two code paths of a code exchange, on ${engine}`, () => {
    const servers = prepared(
      () => startPathServers(variables, { REGISTRATION: 'approval' }),
      (one) => one.close(),
    );

    test('return the same responses, and write the same rows', async (t) => {
      const cases = {
        cases: exchangeCase,
        seed: seedExchange,
        usesSecond: ({ approval }: { readonly approval: boolean }) => approval,
        parametersOf,
      };
      await comparePaths(servers, cases, (message) => t.diagnostic(message));
    });

    const exchangeOf = (subject: ExchangeSubject) => {
      const { presented, redirectUri, verifier } = subject;
      const result = { parameters: { code: presented }, redirectUri, codeVerifier: verifier };
      return exchange(servers.server, subject, result);
    };
    const reasonOf = async ({ grantId }: ExchangeSubject) => {
      const grants = servers.server.database.db.selectFrom('grants').where('id', '=', grantId);
      return (await grants.select('revocation_reason').executeTakeFirstOrThrow()).revocation_reason;
    };

    test('8 clients with one code: one gets tokens, and the grant ends', async () => {
      for (let round = 0; round < 5; round += 1) {
        const subject = await seedExchange(servers.server.database.db, USUAL);
        const answers = await Promise.all(Array.from({ length: 8 }, () => exchangeOf(subject)));
        const statuses = answers.map(({ status }) => status).toSorted();
        assert.deepEqual(statuses, [200, ...Array.from({ length: 7 }, () => 400)]);
        assert.equal(await reasonOf(subject), 'reuse_detected');
      }
    });

    test('a revocation beside an exchange: no live tokens remain', async () => {
      const { server } = servers;
      for (let round = 0; round < 10; round += 1) {
        const subject = await seedExchange(server.database.db, USUAL);
        const revocation = {
          reason: 'revoked_by_user',
          actor: 'system',
          origin: undefined,
        } as const;
        const [answer] = await Promise.all([
          exchangeOf(subject),
          inTransaction(server.database.db, (tx) => revokeGrant(tx, subject.grantId, revocation)),
        ]);
        assert.equal(await reasonOf(subject), 'revoked_by_user');
        const refused = answer.body.error_description === 'revoked_by_user';
        assert.ok(answer.status === 200 || refused, JSON.stringify(answer.body));
        const token = answer.body.access_token ?? newCredential('sda');
        assert.equal((await introspect(server, subject, token)).body.active, false);
      }
    });
  });
}

function parametersOf(
  attempt: ExchangeAttempt,
  subject: ExchangeSubject,
): [string, string | undefined][] {
  const { presented, redirectUri } = subject;
  const code = {
    right: presented,
    unknown: randomText(43),
    short: presented.slice(1),
    'refresh token': newCredential('sdr'),
    empty: '',
    missing: undefined,
  }[attempt.code];
  const sentUri = {
    right: redirectUri,
    other: `${redirectUri}/`,
    'other port': redirectUri.replace(/:\d+\//, ':49153/'),
    'not ASCII': `${redirectUri}é`,
    NUL: `${redirectUri}\0`,
    empty: '',
    missing: undefined,
  }[attempt.redirectUri];
  const verifier = {
    right: subject.verifier,
    superfluous: VERIFIER,
    wrong: 'w'.repeat(43),
    short: 'v'.repeat(42),
    'not ASCII': 'é'.repeat(43),
    empty: '',
    missing: undefined,
  }[attempt.verifier];
  return [
    ['grant_type', attempt.grantType === 'missing' ? undefined : attempt.grantType],
    ['code', code],
    ['redirect_uri', sentUri],
    ['code_verifier', verifier],
  ];
}
