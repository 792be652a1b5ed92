import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import type { TestPlatform } from '../support/factories.ts';
import { authorize } from '../support/flow.ts';
import { type MailServer, startMailServer } from '../support/mail-server.ts';
import { type Outbox, outboxOf, until } from '../support/outbox.ts';
import { startPlatform } from '../support/platform-server.ts';
import type { TestServer } from '../support/server.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { exchange } from '../support/tokens.ts';
import { UserAgent } from '../support/user-agent.ts';

let mailServer: MailServer;
let proxy: TcpProxy;
let server: TestServer;
let platform: TestPlatform;
let outbox: Outbox;
/** The only browser: another one would cause a mail about a new device. */
let agent: UserAgent;

before(async () => {
  mailServer = await startMailServer();
  proxy = await startTcpProxy(Number(new URL(mailServer.url).port));
  const SMTP_URL = `smtp://127.0.0.1:${proxy.port}`;
  ({ server, platform } = await startPlatform({ SMTP_URL }));
  outbox = outboxOf(server.database);
  agent = new UserAgent(server);
});
after(async () => {
  await server.close();
  await proxy.close();
  await mailServer.close();
});
afterEach(async () => {
  await proxy.restore();
  await outbox.clear();
});

const consent = async () => {
  const { application, ada } = platform;
  const parameters = { prompt: 'consent' };
  const authorization = await authorize(server, { application, user: ada, parameters, agent });
  return exchange(server, application, authorization);
};

describe('While the mail server', () => {
  const outages = {
    'is down': () => proxy.cut(),
    hangs: () => Promise.resolve(proxy.stall()),
  };
  for (const [what, begin] of Object.entries(outages)) {
    test(`${what}, users can allow applications, and the mail is sent later`, async () => {
      const before = mailServer.received.length;
      await begin();
      const answer = await consent();
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      const { id, sentAt, failedAt } = await outbox.row();
      assert.deepEqual([sentAt, failedAt], [null, null]);
      await until(async () => (await outbox.row()).attempts > 0);
      if (what === 'is down') {
        await outbox.untilFailed();
        assert.match((await outbox.row()).lastError ?? '', /ECONNREFUSED/);
      }
      assert.equal(mailServer.received.length, before);

      await proxy.restore();
      await outbox.makeDue();
      await outbox.untilSent();
      const mail = mailServer.received[before];
      assert.equal(mail?.headers.get('message-id'), `<${id}@localhost>`);
      assert.deepEqual(mail?.recipients, [platform.ada.email]);
    });
  }
});
