import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isClientId, isDocumentAddress } from '../../src/lib/client-id.ts';

const ADDRESSES = [
  'https://agent.example/client.json',
  'https://agent.example:8443/oauth/client-metadata.json',
  'https://agent.example/a/b/',
  'https://agent.example/client?version=2',
  'https://xn--bcher-kva.example/client',
  'http://localhost:3000/client.json',
];

const OTHERS = [
  'https://agent.example',
  'https://agent.example/',
  'https://agent.example/client#part',
  'https://user@agent.example/client',
  'https://user:secret@agent.example/client',
  'https://agent.example/a/../client',
  'https://agent.example/a/./client',
  'https://agent.example/a/%2e%2e/client',
  'https://AGENT.example/client',
  'https://agent.example:443/client',
  'https://bücher.example/client',
  'https://agent.example/cl ient',
  'https://agent.example/client\u0000',
  "https://agent.example/';id;'",
  'https:///client',
  'https:agent.example/client',
  'HTTPS://agent.example/client',
  'ftp://agent.example/client',
  'javascript:alert(1)//x/y',
  ' https://agent.example/client',
  `https://agent.example/${'a'.repeat(1024)}`,
];

describe('Client IDs', () => {
  for (const value of ADDRESSES) {
    test(`${value} is the address of a document`, () => {
      assert.ok(isDocumentAddress(value));
      assert.ok(isClientId(value));
    });
  }

  for (const value of OTHERS) {
    test(`${JSON.stringify(value.slice(0, 60))} is no client ID`, () => {
      assert.ok(!isDocumentAddress(value));
      assert.ok(!isClientId(value));
    });
  }

  test('letters, digits and -._ up to 1,024 characters are one, more or others are not', () => {
    assert.ok(isClientId('a'.repeat(1024)));
    assert.ok(!isClientId('a'.repeat(1025)));
    assert.ok(isClientId('sdd_a.b-c'));
    assert.ok(!isClientId(''));
    assert.ok(!isClientId('a/b'));
  });
});
