import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { SMTPServer } from 'smtp-server';
import { verifyMailServer } from '../../src/mail/transport.ts';

const OPTIONS = { smtpUrl: undefined, dataDir: '', mailFrom: '' };

describe('Mail server with STARTTLS removed by an attacker', () => {
  const passwords: unknown[] = [];
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: ({ password }, _, done) => {
      passwords.push(password);
      done(null, { user: 'u' });
    },
  });
  server.on('error', () => {});
  let port = 0;
  before(async () => {
    server.listen(0, '0.0.0.0');
    await once(server.server, 'listening');
    const address = server.server.address();
    port = address !== null && typeof address === 'object' ? address.port : 0;
  });
  after(() => new Promise<void>((resolve) => server.close(() => resolve())));

  test('receives no password', async () => {
    for (const query of ['', '?ignoreTLS=true', '?opportunisticTLS=true']) {
      await assert.rejects(
        verifyMailServer(OPTIONS, `smtp://u:secret@127.0.0.2:${port}/${query}`),
        {
          name: 'MailFailure',
        },
      );
    }
    assert.deepEqual(passwords, []);
  });

  test('receives a password with requireTLS=false, and on loopback', async () => {
    await verifyMailServer(OPTIONS, `smtp://u:secret@127.0.0.2:${port}/?requireTLS=false`);
    await verifyMailServer(OPTIONS, `smtp://u:secret@127.0.0.1:${port}`);
    assert.deepEqual(passwords, ['secret', 'secret']);
    await verifyMailServer(OPTIONS, `smtp://127.0.0.2:${port}`);
  });
});
