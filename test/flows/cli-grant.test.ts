import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Outcome, stagedoorHere } from '../support/command-line.ts';
import { withPlatform } from '../support/fixture.ts';
import { introspect, obtainTokens, refresh } from '../support/tokens.ts';

const { server, platform } = withPlatform();

const cli = (...args: string[]): Promise<Outcome> => {
  const { databaseUrl = '', dataDir } = server.config;
  return stagedoorHere({ DATABASE_URL: databaseUrl, DATA_DIR: dataDir }, args);
};

async function idsOf(...filters: string[]): Promise<string[]> {
  const { code, out, err } = await cli('grant', 'list', ...filters, '--json');
  assert.equal(code, 0, err);
  return JSON.parse(out).map(({ id }: { id: string }) => id);
}

describe('Grants on the command line', () => {
  test('a live grant can be listed, shown and revoked, and its user gets a mail', async () => {
    const { application, ada, resourceServer } = platform;
    const tokens = await obtainTokens(server, { application, user: ada, organizers: ['redstage'] });
    const [id = '', ...more] = await idsOf('--user', 'ada', '--active');
    assert.deepEqual(more, []);
    assert.deepEqual(await idsOf('--organizer', 'redstage'), [id]);
    assert.deepEqual(await idsOf('--application', application.clientId, '--ended'), []);
    assert.deepEqual(await idsOf('--organizer', 'bluehall'), []);
    const shown = await cli('grant', 'show', id);
    assert.match(shown.out, /redstage/);

    const unsure = await cli('grant', 'revoke', id);
    assert.equal(unsure.code, 2);
    assert.match(unsure.err, /--yes/);
    assert.equal((await introspect(server, resourceServer, tokens.accessToken)).body.active, true);

    const done = await cli('grant', 'revoke', id, '--yes');
    assert.equal(done.code, 0, done.err);
    assert.equal((await introspect(server, resourceServer, tokens.accessToken)).body.active, false);
    const { body } = await refresh(server, application, tokens.refreshToken);
    assert.deepEqual(
      [body.error, body.error_description],
      ['invalid_grant', 'revoked_by_operator'],
    );
    assert.deepEqual(await idsOf('--user', 'ada', '--ended'), [id]);
    const mails = await server.database.db
      .selectFrom('mail_outbox')
      .select('recipient')
      .where('kind', '=', 'revoked_by_operator')
      .execute();
    assert.deepEqual(mails, [{ recipient: ada.email }]);
  });
});
