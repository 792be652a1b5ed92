import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ENGINE_VARIABLES } from '../support/engines.ts';
import { withServer } from '../support/fixture.ts';
import { callManagement } from '../support/platform.ts';

const SERVERS = '/api/v1/resource-servers/';
const ORDERS = 'https://api.example.com/orders';
const STOCK = 'https://api.example.com/stock/';

for (const [engine, variables] of Object.entries(ENGINE_VARIABLES)) {
  describe(`Resources of resource servers, on ${engine}`, () => {
    const server = withServer(variables);

    const call = async (method: string, path: string, body?: unknown) => {
      const answer = await callManagement(server, method, `${SERVERS}${path}`, body);
      return { status: answer.status, body: Object(answer.body) };
    };
    const register = async (body: object) => {
      const answer = await call('POST', '', { name: 'API', ...body });
      assert.equal(answer.status, 201, JSON.stringify(answer.body));
      return String(answer.body.client_id);
    };
    const free = (id: string) => call('DELETE', `${id}/`);

    it('are empty by default, and shown as they were registered', async () => {
      const plain = await register({});
      const resources = [STOCK, 'HTTPS://API.example.com:443', 'urn:example:orders'];
      const id = await register({ resources, require_audience: true });
      const shown = async (one: string) => {
        const { body } = await call('GET', `${one}/`);
        return [body.resources, body.require_audience];
      };
      assert.deepEqual(await shown(plain), [[], false]);
      assert.deepEqual(await shown(id), [resources, true]);
      await free(plain);
      await free(id);
    });

    it('are replaced by PATCH, which leaves other fields as they are', async () => {
      const id = await register({ resources: [ORDERS, STOCK], require_audience: true });
      const changed = await call('PATCH', `${id}/`, { resources: [STOCK, `${ORDERS}/v2`] });
      assert.equal(changed.status, 200);
      assert.deepEqual(changed.body.resources, [STOCK, `${ORDERS}/v2`]);
      assert.deepEqual([changed.body.name, changed.body.require_audience], ['API', true]);
      assert.deepEqual((await call('GET', `${id}/`)).body, changed.body);
      const optional = await call('PATCH', `${id}/`, { require_audience: false, resources: [] });
      assert.deepEqual([optional.body.resources, optional.body.require_audience], [[], false]);
      const entries = await server.database.db
        .selectFrom('audit_events')
        .where('client_id', '=', id)
        .where('action', '=', 'stagedoor.resource_server.changed')
        .orderBy('id')
        .select('data')
        .execute();
      assert.deepEqual(
        entries.map(({ data }) => data),
        [
          { name: 'API', changed: { resources: [STOCK, `${ORDERS}/v2`] } },
          { name: 'API', changed: { resources: [], require_audience: false } },
        ],
      );
      await free(id);
    });

    it('belong to one server only, whatever their spelling', async () => {
      const first = await register({ resources: ['https://api.example.com'] });
      const second = await register({});
      for (const same of ['https://api.example.com/', 'https://API.example.com:443/x/..']) {
        for (const answer of [
          await call('POST', '', { name: 'API', resources: [ORDERS, same] }),
          await call('PATCH', `${second}/`, { resources: [same] }),
        ]) {
          assert.equal(answer.status, 400);
          assert.deepEqual(answer.body, {
            resources: [`"${same}" is a resource of another resource server.`],
          });
        }
      }
      assert.deepEqual((await call('GET', `${second}/`)).body.resources, []);
      await free(first);
      const taken = await call('PATCH', `${second}/`, { resources: ['https://api.example.com/'] });
      assert.equal(taken.status, 200);
      await free(second);
    });

    it('of concurrent registrations of the same resources: one succeeds', async () => {
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, i) =>
          call('POST', '', { name: 'API', resources: i % 2 ? [ORDERS, STOCK] : [STOCK, ORDERS] }),
        ),
      );
      assert.deepEqual(answers.map(({ status }) => status).toSorted(), [
        201,
        ...Array(7).fill(400),
      ]);
      await free(String(answers.find(({ status }) => status === 201)?.body.client_id));
    });

    const wrong: [resources: unknown, message: RegExp][] = [
      [['/orders'], /Not an absolute URI/],
      [['orders'], /Not an absolute URI/],
      [[''], /Not an absolute URI/],
      [['https://api.example.com/#a'], /Not an absolute URI/],
      [['https://api.example.com#'], /Not an absolute URI/],
      [['https://user@api.example.com'], /Not an absolute URI/],
      [['https://api.example.com/a b'], /Not an absolute URI/],
      [['https://api.example.com/\u0000'], /Not an absolute URI/],
      [[`https://api.example.com/${'x'.repeat(500)}`], /Not an absolute URI/],
      [['https://api.example.com', 'https://api.example.com/'], /listed twice/],
      [[1], /Not a valid string/],
      ['https://api.example.com', /Expected a list/],
      [Array.from({ length: 51 }, (_, i) => `urn:example:${i}`), /no more than 50/],
    ];
    for (const [resources, message] of wrong) {
      it(`refuses ${JSON.stringify(resources).slice(0, 60)}`, async () => {
        const answer = await call('POST', '', { name: 'API', resources });
        assert.equal(answer.status, 400);
        assert.match(String(Object.values(answer.body)[0]), message);
      });
    }
  });
}
