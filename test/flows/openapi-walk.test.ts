import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenApiDocument } from '../../src/api/openapi.ts';
import { RIGHTS } from '../../src/api/operator.ts';
import { withPlatform } from '../support/fixture.ts';
import { type Call, type CallAnswer, type CallOptions, call } from '../support/openapi/call.ts';
import { type Contract, createContract } from '../support/openapi/contract.ts';
import {
  answerOf,
  bodySchemaOf,
  type Documented,
  fetchDocument,
  operationsOf,
  parametersOf,
} from '../support/openapi/operations.ts';
import { QUERY_VALUES, WALKERS } from '../support/openapi/walkers.ts';
import { createWorld, type World } from '../support/openapi/world.ts';
import { startServer } from '../support/server.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';

const METHODS = ['GET', 'PUT', 'POST', 'PATCH', 'DELETE'];

describe('Each operation of the API description', () => {
  const { server, platform } = withPlatform();
  let world: World;
  let document: OpenApiDocument;
  let contract: Contract;
  let operations: readonly Documented[];

  before(async () => {
    world = createWorld(server, platform);
    document = await fetchDocument(server);
    contract = createContract(document);
    operations = operationsOf(document);
  });

  const documents = (one: Documented, status: number) =>
    answerOf(document, one.operation, status) !== undefined;

  /** Returns calls of an operation that get this status, with a new object each time. */
  async function way(one: Documented, status: number): Promise<readonly Call[]> {
    const made = await WALKERS[one.id]?.[status]?.(world);
    assert.ok(made, `no walker makes ${one.id} return ${status}`);
    const calls = Array.isArray(made) ? made : [made];
    const isOperator = one.operation.security.some(({ operatorToken }) => operatorToken);
    const authorization = `Token ${server.operatorToken}`;
    return calls.map((each: Call) => (isOperator ? { authorization, ...each } : each));
  }

  /** Returns a call that would succeed. */
  async function good(one: Documented): Promise<Call> {
    const [status = 200] = Object.keys(one.operation.responses).map(Number);
    const [first = {}] = await way(one, status);
    return first;
  }

  /** Calls an operation, and compares the response with the description and the status. */
  async function expect(
    status: number,
    one: Documented,
    made: Call,
    options?: CallOptions,
  ): Promise<CallAnswer> {
    const answer = await call(server, one, made, options);
    const where = `${one.method} ${one.path} ${JSON.stringify(options ?? {}).slice(0, 200)}`;
    assert.equal(answer.status, status, `${where}: ${answer.text}`);
    contract.check(one, answer);
    return answer;
  }

  it('returns each documented success as described', async () => {
    for (const one of operations) {
      for (const status of [200, 201, 204].filter((each) => documents(one, each))) {
        for (const each of await way(one, status)) {
          if (each.body !== undefined) {
            contract.checkBody(one, each.body);
          }
          await expect(status, one, each);
        }
      }
    }
  });

  it('has a walker, and no other operation has one', () => {
    assert.deepEqual(Object.keys(WALKERS).sort(), operations.map(({ id }) => id).sort());
  });

  it('returns 401 without a token or with a wrong one', async () => {
    for (const one of operations.filter((each) => documents(each, 401))) {
      const made = await good(one);
      for (const authorization of ['', 'Token sdo_wrong', 'Bearer sda_wrong', 'Basic eDp5']) {
        await expect(401, one, { ...made, authorization });
      }
    }
  });

  it('requires the documented right or scope', async () => {
    const limited = new Map<string, string>();
    for (const right of RIGHTS) {
      limited.set(right, (await world.operatorToken(right)).authorization);
    }
    for (const one of operations.filter((each) => documents(each, 403))) {
      if (WALKERS[one.id]?.[403] !== undefined) {
        for (const each of await way(one, 403)) {
          await expect(403, one, each);
        }
        continue;
      }
      const enough = one.operation.security.flatMap(({ operatorToken }) => operatorToken ?? []);
      assert.notEqual(enough.length, 0, `${one.id} needs no right`);
      const made = await good(one);
      for (const [right, authorization] of limited) {
        const isEnough = enough.includes(right);
        // A permitted call must not change anything that a later call needs.
        if (!isEnough || one.method === 'GET') {
          await expect(isEnough ? 200 : 403, one, { ...made, authorization });
        }
      }
    }
  });

  it('returns 409 and 412 as described, if the object is in such a state', async () => {
    for (const one of operations) {
      for (const status of [409, 412].filter((each) => WALKERS[one.id]?.[each] !== undefined)) {
        assert.ok(documents(one, status), `${one.id} ${status}`);
        for (const each of await way(one, status)) {
          await expect(status, one, each);
        }
      }
    }
  });

  it('returns 404 for unknown objects and pages', async () => {
    for (const one of operations.filter((each) => documents(each, 404))) {
      const made = await good(one);
      const params = Object.fromEntries(
        Object.keys(made.params ?? {}).map((name) => [name, 'nobody-knows-it']),
      );
      if (Object.keys(params).length > 0) {
        await expect(404, one, { ...made, params });
      }
      if (parametersOf(document, one.operation).some(({ name }) => name === 'page')) {
        for (const page of ['9999', 'x', '0']) {
          await expect(404, one, { ...made, query: { page } });
        }
      }
    }
  });

  it('returns 406 if the client does not accept JSON', async () => {
    for (const one of operations) {
      assert.ok(documents(one, 406), one.id);
      await expect(406, one, await good(one), { headers: { accept: 'text/html' } });
    }
  });

  it('returns 415 for other content types, 413 for large bodies and 400 for malformed ones', async () => {
    for (const one of operations) {
      const takes = ['PUT', 'POST', 'PATCH'].includes(one.method);
      assert.equal(documents(one, 415), takes, one.id);
      assert.equal(documents(one, 413), takes, one.id);
      const made = await good(one);
      if (takes) {
        await expect(415, one, made, { raw: 'x', headers: { 'content-type': 'text/plain' } });
      }
      if (takes && made.lines === undefined) {
        await expect(413, one, made, { raw: `"${'x'.repeat(1024 * 1024)}"` });
        await expect(400, one, made, { raw: '[]' });
        await expect(400, one, made, { raw: '{' });
      }
    }
  });

  it('reports invalid and missing fields by name', async () => {
    for (const one of operations) {
      const schema = bodySchemaOf(document, one.operation);
      const made = await good(one);
      for (const field of Object.keys(schema?.properties ?? {})) {
        const body = { ...Object(made.body), [field]: {} };
        assert.deepEqual(fieldsOf(await expect(400, one, { ...made, body })), [field]);
      }
      for (const field of schema?.required ?? []) {
        const body = { ...Object(made.body), [field]: undefined };
        const answer = await expect(400, one, { ...made, body });
        assert.match(answer.text, /^\{"\w+":\["This field is required\.[^"\]]*"\]\}$/);
        assert.deepEqual(fieldsOf(answer), [field]);
      }
    }
  });

  it('ignores fields and query parameters that are not described', async () => {
    for (const one of operations) {
      const made = await good(one);
      const answer = await call(server, one, {
        ...made,
        query: { ...made.query, colour: 'red', 'x[]': '1' },
        ...(made.body === undefined ? {} : { body: { ...Object(made.body), colour: 'red' } }),
      });
      assert.ok(answer.status < 300, `${one.id}: ${answer.text}`);
      contract.check(one, answer);
    }
  });

  it('accepts each described query parameter, and refuses invalid values', async () => {
    for (const one of operations) {
      const parameters = parametersOf(document, one.operation).filter(
        (parameter) => parameter.in === 'query' && !['page', 'cursor'].includes(parameter.name),
      );
      const first = parameters.length > 0 ? await good(one) : {};
      for (const { name, schema } of parameters) {
        const values = schema.enum ?? [
          schema.format === 'date-time' ? new Date().toISOString() : QUERY_VALUES[name],
        ];
        for (const value of values) {
          assert.ok(value, `no example value for ${name} of ${one.id}`);
          // A call that changes something needs a new object each time.
          const base = one.method === 'GET' ? first : await good(one);
          const made = { ...base, query: { [name]: String(value) } };
          const answer = await call(server, one, made);
          assert.ok(
            [200, 204].includes(answer.status),
            `${one.id} ${name}=${value}: ${answer.text}`,
          );
        }
        const refused = await expect(400, one, { ...first, query: { [name]: '\u0000' } });
        assert.deepEqual(fieldsOf(refused), [name]);
      }
    }
  });

  /**
   * Returns the response to a conditional request. Repeats it, because the last of several changes
   * within a second is recognizable only one second later.
   */
  async function unchanged(
    one: Documented,
    made: Call,
    [condition, validator]: readonly [string, string],
  ): Promise<CallAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      const first = await expect(200, one, made);
      const headers = { [condition]: first.headers.get(validator) ?? '' };
      const again = await call(server, one, made, { headers });
      if (again.status !== 200 || attempt === 8) {
        return again;
      }
      await sleep(250);
    }
  }

  it('returns 304 as long as nothing has changed', async () => {
    for (const one of operations) {
      const names = parametersOf(document, one.operation).map(({ name }) => name);
      const validator = names.includes('If-None-Match')
        ? (['If-None-Match', 'ETag'] as const)
        : (['If-Modified-Since', 'Last-Modified'] as const);
      assert.equal(documents(one, 304), names.includes(validator[0]), one.id);
      if (documents(one, 304)) {
        const made = await good(one);
        const again = await unchanged(one, made, validator);
        assert.equal(again.status, 304, one.id);
        contract.check(one, again);
        const old = validator[0] === 'If-None-Match' ? '"other"' : new Date(0).toUTCString();
        await expect(200, one, made, { headers: { [validator[0]]: old } });
      }
    }
  });

  it('that returns X-Page-Generated lists only later entries when given that time', async () => {
    const [one] = operations.filter(({ operation }) =>
      Object.values(operation.responses).some((answer) =>
        Object.keys('headers' in answer ? (answer.headers ?? {}) : {}).includes('X-Page-Generated'),
      ),
    );
    assert.equal(one?.id, 'listLogEntries');
    const made = await good(one);
    const first = await expect(200, one, made);
    const query = { modified_since: first.headers.get('X-Page-Generated') ?? '' };
    const second = await expect(200, one, { ...made, query });
    assert.ok(JSON.parse(second.text).count < JSON.parse(first.text).count);
  });

  it('that is a POST is carried out once per Idempotency-Key', async () => {
    for (const one of operations) {
      const names = parametersOf(document, one.operation).map(({ name }) => name);
      const made = await good(one);
      if (one.method === 'POST' && !names.includes('Idempotency-Key')) {
        await expect(400, one, made, { headers: { 'Idempotency-Key': world.unused() } });
      } else if (one.method === 'POST') {
        const headers = { 'Idempotency-Key': world.unused() };
        const first = await call(server, one, made, { headers });
        contract.check(one, first);
        const again = await expect(first.status, one, made, { headers });
        assert.equal(again.text, first.text);
        assert.equal(again.headers.get('Idempotent-Replayed'), 'true');
        const other = { ...made, body: { ...Object(made.body), colour: 'red' } };
        await expect(409, one, other, { headers });
        await expect(400, one, made, { headers: { 'Idempotency-Key': 'two words' } });
      }
    }
  });

  it('returns 405 for other methods, and responds to HEAD', async () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      const there = Object.keys(methods).map((method) => method.toUpperCase());
      const authorization = `Token ${server.operatorToken}`;
      for (const method of METHODS.filter((each) => !there.includes(each))) {
        const answer = await call(server, { method, path }, { authorization });
        assert.equal(answer.status, 405, `${method} ${path}`);
        const detail = `Method '${method}' not allowed.`;
        assert.deepEqual(JSON.parse(answer.text), { detail });
        const allowed = (answer.headers.get('allow') ?? '').split(', ');
        const head = there.includes('GET') ? ['HEAD'] : [];
        assert.deepEqual(allowed.sort(), [...there, ...head].sort());
      }
    }
    for (const one of operations.filter(({ method }) => method === 'GET')) {
      const answer = await call(server, one, await good(one), { method: 'HEAD' });
      assert.equal(answer.status, 200, one.id);
      assert.equal(answer.text, '');
    }
  });

  it('accepts its path with and without a trailing slash', async () => {
    for (const one of operations.filter(({ method }) => method === 'GET')) {
      const path = (same: string) => (same.endsWith('/') ? same.slice(0, -1) : `${same}/`);
      await expect(200, one, await good(one), { path });
    }
  });

  it('returns 503 while the database is unreachable, if documented', async () => {
    const url = new URL(server.config.databaseUrl ?? '');
    const proxy = await startTcpProxy(Number(url.port));
    url.port = String(proxy.port);
    const behind = await startServer({ DATABASE_URL: url.href });
    const calls = new Map<Documented, Call>();
    for (const one of operations) {
      calls.set(one, await good(one));
    }
    await proxy.cut();
    for (const [one, made] of calls) {
      const answer = await call(behind, one, made);
      assert.equal(answer.status, documents(one, 503) ? 503 : 200, `${one.id}: ${answer.text}`);
      contract.check(one, answer);
    }
    await proxy.restore();
    await behind.close();
    await proxy.close();
  });
});

function fieldsOf({ text }: CallAnswer): string[] {
  return Object.keys(JSON.parse(text));
}
