import assert from 'node:assert/strict';
import { withPlatform } from './fixture.ts';
import { introspect, obtainTokens, type TokenAnswer } from './tokens.ts';

/** Starts a server for tests of tokens of Ada and the application of the platform. */
export function withTokens(variables: Readonly<Record<string, string>>) {
  const { server, platform } = withPlatform(variables);
  return {
    server,
    platform,
    /** Returns the tokens of a new grant of Ada. */
    tokens: (organizers = ['redstage']) =>
      obtainTokens(server, {
        application: platform.application,
        user: platform.ada,
        organizers,
        parameters: { approval_prompt: 'force' },
      }),
    isActive: async (token: string) =>
      (await introspect(server, platform.resourceServer, token)).body.active,
  };
}

/** Asserts that the token endpoint answered `invalid_grant`, with this description if one is given. */
export function assertInvalidGrant(answer: TokenAnswer, reason?: string): void {
  assert.equal(answer.status, 400);
  assert.equal(answer.body.error, 'invalid_grant');
  if (reason !== undefined) {
    assert.equal(answer.body.error_description, reason);
  }
}
