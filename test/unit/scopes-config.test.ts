import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readConfig } from '../../src/config/config.ts';
import { StagedoorError } from '../../src/lib/errors.ts';

/** Returns the lines of the configuration error. */
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

describe('Scopes', () => {
  test('are read, write and profile by default', () => {
    const { scopes, defaultScopes } = readConfig({});
    const kinds = scopes.map(({ name, organizers, writes }) => ({ name, organizers, writes }));
    assert.deepEqual(kinds, [
      { name: 'read', organizers: true, writes: false },
      { name: 'write', organizers: true, writes: true },
      { name: 'profile', organizers: false, writes: false },
    ]);
    assert.deepEqual(defaultScopes, ['read', 'write']);
  });

  test('are those of SCOPES, in that order, with one text or a text per language', () => {
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
    // The demo application requests scopes that a configuration may lack.
    assert.equal(demo, false);
  });

  test('named "write" are the ones that write, unless `writes` is set', () => {
    const { scopes } = readConfig({ SCOPES: JSON.stringify(THREE) });
    assert.deepEqual(
      scopes.filter(({ writes }) => writes).map(({ name }) => name),
      ['write'],
    );
  });

  const wrong: readonly [what: string, SCOPES: string, told: RegExp][] = [
    ['not JSON', 'read, write', /^SCOPES must be a JSON object such as \{"read"/],
    ['a list', '["read"]', /^SCOPES must be a JSON object such as/],
    ['no scopes', '{}', /^SCOPES must hold 1 to 50 scopes$/],
    ['a scope without a text', '{"read": {}}', /^SCOPES\.read\.text is missing$/],
    [
      'a text instead of an object',
      '{"read": "See"}',
      /^SCOPES\.read must be an object with a text$/,
    ],
    ['a blank text', '{"read": {"text": " "}}', /^SCOPES\.read\.text .*may not be blank/],
    ['blank texts', '{"read": {"text": {"de": ""}}}', /^SCOPES\.read\.text .*may not be blank/],
    [
      'a number',
      '{"read": {"text": 5}}',
      /^SCOPES\.read\.text must be a text, or texts by language$/,
    ],
    ['an unknown language', '{"read": {"text": {"e n": "See"}}}', /"e n" is not a language tag/],
    [
      'an unknown key',
      '{"read": {"text": "See", "organiser": true}}',
      /^SCOPES\.read has "organiser"; it may have/,
    ],
    [
      'booleans as words',
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
    test(`are refused with one line: ${what}`, () => {
      const lines = refusal({ SCOPES, DEFAULT_SCOPES: '' });
      const [line = ''] = lines;
      assert.match(line, told);
      assert.equal(lines.length, 1, lines.join('\n'));
    });
  }

  test('must include the default scopes', () => {
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

  test('can’t be configured together with DEMO=1', () => {
    const SCOPES = JSON.stringify(THREE);
    assert.match(refusal({ SCOPES, DEMO: '1' })[0] ?? '', /^DEMO must be 0 with SCOPES/);
  });
});
