import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createResourceServer } from '@stagedoor/resource-server';
import { ask, bearer, createKit } from '../support/kit/ask.ts';
import { facts, json, useFakeIssuer } from '../support/kit/fake-issuer.ts';

const issuer = useFakeIssuer();
const ORDERS = 'https://api.example.com/orders';

describe('Kit with resources', () => {
  const cases: [aud: unknown, resources: string[] | undefined, status: number, name: string][] = [
    [undefined, [ORDERS], 200, 'no audience'],
    [ORDERS, [ORDERS], 200, 'its own resource'],
    [ORDERS, ['urn:example:a', 'HTTPS://API.example.com:443/orders'], 200, 'other spelling'],
    [`${ORDERS}/`, [ORDERS], 401, 'a path with a slash at the end'],
    ['https://stock.example.com', ['https://stock.example.com/'], 200, 'an empty path'],
    ['urn:example:b', [ORDERS], 401, 'another resource'],
    [['urn:example:b', ORDERS], [ORDERS], 200, 'several, one is its own'],
    [['urn:example:b'], [ORDERS], 401, 'several, none is its own'],
    ['urn:example:b', undefined, 200, 'another one, without the option'],
    [1, [ORDERS], 503, 'a number'],
    [[1], [ORDERS], 503, 'a list of numbers'],
  ];
  for (const [aud, resources, status, name] of cases) {
    test(`and an answer for ${name}: ${status}`, async () => {
      issuer.answer(json({ ...facts(), iss: issuer.url, ...(aud === undefined ? {} : { aud }) }));
      const answer = await ask(createKit(issuer, { resources }));
      assert.equal(answer.status, status);
      if (status === 401) {
        assert.deepEqual(answer.body, { detail: 'The access token is for another API.' });
        assert.equal(
          answer.challenge,
          'Bearer realm="api", error="invalid_token", error_description="The access token is for another API."',
        );
      }
    });
  }

  test('exposes audience and grant to the service', async () => {
    issuer.answer(json({ ...facts(), iss: issuer.url, aud: ORDERS, grant: 'handle' }));
    const kit = createResourceServer({ issuer: issuer.url, clientId: 'api', clientSecret: 's' });
    const access = await kit.verify({ method: 'GET', headers: bearer() });
    assert.deepEqual([access.audience, access.grant], [[ORDERS], 'handle']);
    issuer.answer(json({ ...facts(), iss: issuer.url }));
    const plain = await kit.verify({ method: 'GET', headers: bearer() });
    assert.deepEqual(plain.audience, []);
  });

  for (const resources of [
    [],
    'https://api.example.com',
    ['/orders'],
    [`${ORDERS}#a`],
    [1],
    null,
  ]) {
    test(`cannot be created with ${JSON.stringify(resources)}`, () => {
      assert.throws(
        () => createKit(issuer, { resources: resources as string[] }),
        /^TypeError: resources must be a list of the URIs/,
      );
    });
  }
});
