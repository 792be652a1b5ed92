import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { childrenOf } from '../support/child-processes.ts';
import { until } from '../support/outbox.ts';
import { sendHead } from '../support/raw-request.ts';
import { createScriptRunner, type RunningScript } from '../support/run-script.ts';
import { prepareEnvironment, type ServerEnvironment } from '../support/server-environment.ts';

/** Throws outside of any request. */
const CRASH = `data:text/javascript,process.on('SIGUSR2',()=>{throw new Error('Crashed in a test')})`;

describe('The output of a server in production', () => {
  const scripts = createScriptRunner();
  let environment: ServerEnvironment;
  let server: RunningScript;
  before(async () => {
    environment = await prepareEnvironment({
      NODE_ENV: 'production',
      LOG_LEVEL: 'info',
      WORKERS: '2',
      TRUST_PROXY: '1',
      ISSUER: 'https://login.example.com',
      SMTP_URL: 'smtp://127.0.0.1:1',
      MAIL_FROM: 'Login <login@example.com>',
    });
    server = scripts.start(['--import', CRASH, 'src/main.ts'], environment.variables);
    await server.prints(/Stagedoor is at/);
    await until(() => childrenOf(server.pid).length === 2);
  });
  after(async () => {
    await scripts.stop();
    await environment.remove();
  });

  const lines = () =>
    server
      .stdout()
      .split('\n')
      .filter((line) => line !== '')
      // Fails for anything else than JSON.
      .map((line): Record<string, unknown> => Object(JSON.parse(line)));

  it('has an answer that no handler sent as a line, and counts it', async () => {
    const local = { issuer: `http://127.0.0.1:${environment.variables.PORT}` };
    for (let count = 0; count < 5; count += 1) {
      const request = sendHead(local, 'GET /', { 'x-long': 'x'.repeat(90_000) });
      await request.answers(/431 Request Header/);
    }
    const isRefusal = ({ msg }: Record<string, unknown>) => msg === 'Request could not be read';
    await until(() => lines().some((line) => isRefusal(line) && line.repeated !== undefined));
    const refusals = lines().filter(isRefusal);
    const [first] = refusals;
    assert.deepEqual(
      [first?.status, first?.reason, first?.level],
      [431, 'HPE_HEADER_OVERFLOW', 30],
    );
    assert.match(String(first?.request_id), /^[\w-]{36}$/);
    assert.ok(refusals.length < 5, 'a flood is limited');
    const metrics = await (await fetch(`${local.issuer}/metrics`)).text();
    assert.match(metrics, /^stagedoor_unreadable_requests_total\{status="431"\} 5$/m);
    assert.match(metrics, /^stagedoor_unreadable_requests_total\{status="408"\} 0$/m);
  });

  it('is one JSON object per line, from the start to a crash', async () => {
    const [worker = 0] = childrenOf(server.pid);
    process.kill(worker, 'SIGUSR2');
    await server.prints(/Worker ended; another one starts/);
    server.kill('SIGUSR2');
    assert.equal((await server.ended).code, 1);
    const crashes = lines().filter(({ level }) => level === 60);
    assert.deepEqual(
      crashes.map(({ msg }) => msg),
      ['Process ends because of a defect', 'Supervisor ends because of a defect'],
    );
    for (const { err } of crashes) {
      assert.match(JSON.stringify(err), /"type":"Error".*Crashed in a test.*"stack"/);
    }
    assert.ok(lines().some(({ msg }) => msg === 'Stagedoor is at https://login.example.com'));
    assert.equal(server.stderr(), '');
  });
});
