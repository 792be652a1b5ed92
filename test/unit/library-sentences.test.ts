import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import ts from 'typescript';
import { PG_MESSAGES } from '../../src/db/unreachable.ts';
import { RULES } from '../../src/insights/diagnose.ts';
import { REUSE } from '../../src/oidc/refuse-at-token.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Words that the provider puts into its templates. */
const WORDS = [
  'parameter',
  'scope',
  'code_challenge',
  'code_verifier',
  'refresh token',
  'authorization code',
];
/** Values for the expressions in a template. */
const FILLINGS = ['x', '', ...WORDS];

/** Sentences of this server itself, which it passes to the provider or returns. */
const OWN = new Set([
  '^(\\w+) contains control characters$',
  '^requested scope is not known$',
  '^scope is missing',
  '^the requested resource is not known$',
  '^a request must name .* resources at most$',
  '^the requested resource is not among',
  '^the authorization is for several resources',
  '^a token request must name one resource',
  '^dpop_jkt must be',
  '^the application is suspended$',
  '^the application is disabled$',
  '^the application awaits its review$',
  '^awaits_review$',
  '^expired$',
  '^the token was not issued to this client$',
  '^every scope of this request was taken away$',
  '^reuse_detected$',
  '^leaked$',
  '^revoked_by_user$',
  '^revoked_by_client$',
  '^revoked_by_operator$',
  '^replaced$',
  '^application_suspended$',
  '^redirect_uri_removed$',
  '^scope_removed$',
  '^pkce_required$',
  '^trust_changed$',
  '^user_inactive$',
  '^the application may no longer ask for any scope',
  '^DPoP proof was used before$',
  '^client assertion was used before$',
  '^aud \\(JWT audience\\) must be the issuer',
  '^exp \\(JWT expiration\\) must be at most',
  '^jti \\(JWT ID\\) must be a string',
  '^typ of the JWT header must ',
]);
/** Sentences of jose, which the provider passes on. */
const OF_JOSE = new Set([
  '^no applicable key found in the JSON Web Key Set$',
  '^signature verification failed$',
]);

/** Returns every string and template of the files, with fillings for the expressions. */
function sentencesOf(pattern: string, except?: string): string[] {
  const found = new Set<string>();
  for (const file of globSync(pattern, { cwd: ROOT }).filter((one) => one !== except)) {
    const text = readFileSync(join(ROOT, file), 'utf8');
    const visit = (node: ts.Node): void => {
      if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) {
        found.add(node.text);
      } else if (ts.isTemplateExpression(node)) {
        for (const filling of FILLINGS) {
          const spans = node.templateSpans.map(({ literal }) => filling + literal.text);
          found.add(node.head.text + spans.join(''));
        }
      }
      ts.forEachChild(node, visit);
    };
    visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest));
  }
  assert.notEqual(found.size, 0, pattern);
  return [...found];
}

describe('Each recognized sentence of a library is in the installed package', () => {
  const provider = sentencesOf('node_modules/oidc-provider/lib/**/*.js');
  const jose = sentencesOf('node_modules/jose/dist/webapi/util/errors.js');
  const server = sentencesOf('src/**/*.ts', 'src/insights/diagnose.ts');
  const pg = sentencesOf('node_modules/{pg,pg-pool}/{lib/**/,}*.js');

  for (const [pattern] of RULES) {
    // Checks each alternative, because one without a match would be hidden by the others.
    for (const source of pattern.source.split('|')) {
      const [name, sentences] = OWN.has(source)
        ? ['the server', server]
        : OF_JOSE.has(source)
          ? ['jose', jose]
          : ['oidc-provider', provider];
      test(`${name} has a sentence for /${source}/`, () => {
        const part = new RegExp(source);
        assert.ok(sentences.some((sentence) => part.test(sentence)));
      });
    }
  }

  for (const word of WORDS) {
    test(`oidc-provider uses the word "${word}"`, () => assert.ok(provider.includes(word)));
  }

  for (const detail of REUSE) {
    test(`oidc-provider has the detail "${detail}"`, () => assert.ok(provider.includes(detail)));
  }

  for (const part of PG_MESSAGES) {
    test(`pg or pg-pool has a message with "${part}"`, () => {
      assert.ok(pg.some((message) => message.includes(part)));
    });
  }
});
