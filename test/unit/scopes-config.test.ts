import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readConfig } from '../../src/config/config.ts';
import { StagedoorError } from '../../src/lib/errors.ts';

/** The lines with which the configuration is refused. */
function refusal(env: Record<string, string>): string[] {
  try {
    readConfig(env);
  } catch (error) {
    assert.ok(error instanceof StagedoorError);
    assert.equal(error.code, 'configuration_invalid');
    return error.message
      .split('\n')
      .flatMap((line) => (line.startsWith('  - ') ? [line.slice(4)] : []));
  }
  return assert.fail('The configuration was accepted.');
}

const THREE = { read: { text: 'See' }, write: { text: 'Change' }, profile: { text: 'Who' } };

describe('The scopes', () => {
  test('are read, write and profile where nothing is configured', () => {
    const { scopes, defaultScopes } = readConfig({});
    const kinds = scopes.map(({ name, organizers, writes }) => ({ name, organizers, writes }));
    assert.deepEqual(kinds, [
      { name: 'read', organizers: true, writes: false },
      { name: 'write', organizers: true, writes: true },
      { name: 'profile', organizers: false, writes: false },
    ]);
    assert.deepEqual(defaultScopes, ['read', 'write']);
  });

  test('are those of SCOPES, in that order, with a text or with texts by language', () => {
    const SCOPES = JSON.stringify({
      'tickets:scan': { text: { en: 'Scan tickets', de: 'Tickets scannen' }, writes: true },
      profile: { text: 'See who you are', organizers: false },
    });
    const { scopes, defaultScopes, demo } = readConfig({ SCOPES, DEFAULT_SCOPES: 'tickets:scan' });
    assert.deepEqual(scopes, [
      {
        name: 'tickets:scan',
        text: { en: 'Scan tickets', de: 'Tickets scannen' },
        organizers: true,
        writes: true,
      },
      { name: 'profile', text: 'See who you are', organizers: false, writes: false },
    ]);
    assert.deepEqual(defaultScopes, ['tickets:scan']);
    // Its application asks for scopes that nobody here has to have.
    assert.equal(demo, false);
  });

  test('of which "write" is the one that writes, where nothing else is said', () => {
    const { scopes } = readConfig({ SCOPES: JSON.stringify(THREE) });
    assert.deepEqual(
      scopes.filter(({ writes }) => writes).map(({ name }) => name),
      ['write'],
    );
  });

  const wrong: readonly [what: string, SCOPES: string, told: RegExp][] = [
    ['no JSON', 'read, write', /^SCOPES must be a JSON object such as \{"read"/],
    ['a list', '["read"]', /^SCOPES must be a JSON object such as/],
    ['no scope', '{}', /^SCOPES must hold 1 to 50 scopes$/],
    ['a scope without a text', '{"read": {}}', /^SCOPES\.read\.text is missing$/],
    ['a scope that is a text', '{"read": "See"}', /^SCOPES\.read must be an object with a text$/],
    ['a blank text', '{"read": {"text": " "}}', /^SCOPES\.read\.text .*may not be blank/],
    ['blank texts', '{"read": {"text": {"de": ""}}}', /^SCOPES\.read\.text .*may not be blank/],
    [
      'a number',
      '{"read": {"text": 5}}',
      /^SCOPES\.read\.text must be a text, or texts by language$/,
    ],
    [
      'a language that is none',
      '{"read": {"text": {"e n": "See"}}}',
      /"e n" is not a language tag/,
    ],
    [
      'a word too much',
      '{"read": {"text": "See", "organiser": true}}',
      /^SCOPES\.read has "organiser"; it may have/,
    ],
    [
      'yes and no in words',
      '{"read": {"text": "See", "writes": "yes"}}',
      /^SCOPES\.read\.writes must be true or false$/,
    ],
    [
      'a name with a space',
      '{"see all": {"text": "See"}}',
      /^SCOPES "see all" is no name of a scope/,
    ],
    ['a name of OpenID Connect', '{"openid": {"text": "See"}}', /^SCOPES "openid" is reserved$/],
    [
      'the name of the prototype',
      '{"read": {"text": "See"}, "__proto__": {"text": "See"}}',
      /^SCOPES "__proto__" cannot be the name of a scope$/,
    ],
    [
      '51 scopes',
      JSON.stringify(
        Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`s${n}`, { text: 'x' }])),
      ),
      /^SCOPES must hold 1 to 50 scopes$/,
    ],
  ];
  for (const [what, SCOPES, told] of wrong) {
    test(`are refused with ${what}, with one line that says so`, () => {
      const lines = refusal({ SCOPES, DEFAULT_SCOPES: '' });
      const [line = ''] = lines;
      assert.match(line, told);
      assert.equal(lines.length, 1, lines.join('\n'));
    });
  }

  test('must include the default ones', () => {
    const SCOPES = JSON.stringify({ scan: { text: 'Scan' }, read: { text: 'See' } });
    assert.match(
      refusal({ SCOPES })[0] ?? '',
      /^DEFAULT_SCOPES .*"read write".* has not: "write"$/,
    );
    assert.match(
      refusal({ DEFAULT_SCOPES: 'read admin' })[0] ?? '',
      /^DEFAULT_SCOPES .* has not: "admin"$/,
    );
  });

  test('of the demo are its own', () => {
    const SCOPES = JSON.stringify(THREE);
    assert.match(refusal({ SCOPES, DEMO: '1' })[0] ?? '', /^DEMO must be 0 with SCOPES/);
  });
});
