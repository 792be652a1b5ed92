import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { RefusedError } from '@stagedoor/resource-server';
import { calculateJwkThumbprint, importJWK, SignJWT } from 'jose';
import { createKit } from '../support/kit/ask.ts';
import { type Answer, useFakeIssuer } from '../support/kit/fake-issuer.ts';
import { decide } from '../support/kit/vector-rule.ts';
import { readVectors, type Vector, type VectorProof } from '../support/kit/vectors.ts';

const issuer = useFakeIssuer();
const vectors = readVectors();
const keys = new Map(Object.entries(vectors.keys));
const answers = new Map(Object.entries(vectors.answers));

describe('Conformance vectors', () => {
  const thumbprints = new Map<string, string>();
  before(async () => {
    for (const [name, key] of keys) {
      thumbprints.set(name, await calculateJwkThumbprint(key));
    }
  });

  test('have at least 200 cases with different names, and no unused answer', () => {
    const { cases } = vectors;
    assert.ok(cases.length >= 200);
    assert.equal(new Set(cases.map(({ name }) => name)).size, cases.length);
    const used = new Set(cases.map(({ answer }) => answer));
    assert.deepEqual(
      [...answers.keys()].filter((name) => !used.has(name)),
      [],
    );
  });

  test('agree with the rules of the guide', () => {
    for (const one of vectors.cases) {
      const { decision, status, challenge = {} } = one.expect;
      assert.equal(decision, decide(vectors, one, thumbprints), one.name);
      assert.equal(status, STATUS.get(decision), one.name);
      const wanted = ['accept', 'unavailable'].includes(decision)
        ? undefined
        : ERRORS.get(decision);
      assert.equal(Object.values(challenge)[0]?.error, wanted, one.name);
      assert.equal(Object.keys(challenge).length > 0, status === 401 || status === 403, one.name);
    }
  });

  for (const one of vectors.cases) {
    test(one.name, async () => {
      await check(one);
    });
  }
});

const STATUS = new Map([
  ['accept', 200],
  ['token_missing', 401],
  ['token_invalid', 401],
  ['proof_invalid', 401],
  ['scope_missing', 403],
  ['organizer_closed', 403],
  ['permission_missing', 403],
  ['unavailable', 503],
]);
const ERRORS = new Map([
  ['token_invalid', 'invalid_token'],
  ['proof_invalid', 'invalid_dpop_proof'],
  ['scope_missing', 'insufficient_scope'],
  ['organizer_closed', 'insufficient_scope'],
  ['permission_missing', 'insufficient_scope'],
]);

/** Runs a case with a new kit, as the README of the kit tells others to do. */
async function check({ dpop, answer, requirement, request, expect }: Vector): Promise<void> {
  issuer.answer(answer === null ? unexpected : send(answer));
  const { method, url, authorization, proofs } = request;
  const headers = {
    ...(authorization.length === 0 ? {} : { authorization }),
    ...(proofs.length === 0 ? {} : { dpop: await Promise.all(proofs.map(prove)) }),
  };
  const kit = createKit(issuer, {
    introspectionEndpoint: `${issuer.url}/introspect`,
    ...(dpop ? { dpop: { url: vectors.api } } : {}),
  });
  const refused = await kit.verify({ method, url, headers }, requirement).then(
    () => undefined,
    (error: unknown) => {
      assert.ok(error instanceof RefusedError, `${error}`);
      return error;
    },
  );
  assert.equal(refused?.code ?? 'accept', expect.decision);
  assert.equal(refused?.answer.status ?? 200, expect.status);
  assert.equal(issuer.introspections.length > 0, answer !== null, 'whether it asked');
  const challenge = new Headers(refused?.answer.headers).get('www-authenticate') ?? '';
  assertChallenge(challenge, expect.challenge ?? {});
}

const unexpected: Answer = (_, response) => response.writeHead(418).end();

function send(name: string): Answer {
  const { status = 0, type = '', body, text } = answers.get(name) ?? {};
  return (_, response) => {
    const sent = text ?? JSON.stringify(body);
    response.writeHead(status, { 'content-type': type });
    response.end(status === 204 ? undefined : sent.replaceAll('{issuer}', issuer.url));
  };
}

async function prove({ key, typ = 'dpop+jwt', age = 0, ...claims }: VectorProof): Promise<string> {
  const { d, ...publicJwk } = keys.get(key) ?? {};
  return new SignJWT({ jti: randomUUID(), iat: Math.floor(Date.now() / 1000) - age, ...claims })
    .setProtectedHeader({ typ, alg: 'ES256', jwk: publicJwk })
    .sign(await importJWK({ ...publicJwk, d: String(d) }, 'ES256'));
}

/** Compares what the vector lists, and that there is no other scheme and no other `error`. */
function assertChallenge(
  header: string,
  expected: NonNullable<Vector['expect']['challenge']>,
): void {
  const schemes = new Map<string, Map<string, string>>();
  let last = new Map<string, string>();
  for (const [, scheme, name = '', value = ''] of header.matchAll(/(?:(\w+) )?(\w+)="([^"]*)"/g)) {
    if (scheme !== undefined) {
      last = new Map();
      schemes.set(scheme, last);
    }
    last.set(name, value);
  }
  assert.deepEqual([...schemes.keys()], Object.keys(expected));
  for (const [scheme, parameters] of Object.entries(expected)) {
    assert.equal(schemes.get(scheme)?.get('error'), parameters.error);
    for (const [name, value] of Object.entries(parameters)) {
      assert.equal(schemes.get(scheme)?.get(name), value);
    }
  }
}
