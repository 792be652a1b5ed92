import type { CheckedAgainst, Parameters } from './authorize-request.ts';
import { asDetail } from './client-error.ts';
import { type Finding, problem, remark } from './finding.ts';

const NAME = 'scope';
const SYNTAX = /^[\x21\x23-\x5B\x5D-\x7E]+(?: [\x21\x23-\x5B\x5D-\x7E]+)*$/;

/**
 * Checks `scope`, and what the request would get without it.
 * @see RFC 6749 §3.3
 */
export function checkScopeParameter(
  { application, config }: CheckedAgainst,
  { scope: sent }: Parameters,
): Finding[] {
  const known = config.scopes.map((scope) => scope.name);
  const registered = known.filter((scope) => application.scopes.includes(scope));
  if (sent === undefined) {
    const scopes = config.defaultScopes.filter((scope) => registered.includes(scope));
    return scopes.length === 0
      ? [problem(NAME, 'scope_no_default', { registered })]
      : [remark(NAME, 'info', 'scope_default', { scopes })];
  }
  if (!SYNTAX.test(sent)) {
    return [problem(NAME, 'scope_malformed', { registered })];
  }
  const scopes = [...new Set(sent.split(' '))];
  const findings = scopes.flatMap((scope) => {
    if (!known.includes(scope)) {
      const joined = scope.split(/[,;+]/).some((part) => known.includes(part));
      const code = joined ? 'scope_separator' : 'scope_unknown';
      return [problem(NAME, code, { scope: asDetail(scope), registered })];
    }
    return registered.includes(scope)
      ? []
      : [problem(NAME, 'scope_not_registered', { scope, registered })];
  });
  return findings.length > 0 ? findings : [remark(NAME, 'ok', 'scope_fits', { scopes })];
}
