import { splitScope } from '../lib/scopes.ts';
import type { CheckedAgainst, Parameters } from './authorize-request.ts';
import { asDetail } from './client-error.ts';
import { type Finding, problem, remark } from './finding.ts';

const NAME = 'scope';
const SYNTAX = /^[\x21\x23-\x5B\x5D-\x7E]+$/;

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
  const asked = splitScope(sent ?? '');
  const dropped = (sent ?? '').split(' ').filter((one) => one !== '' && !asked.includes(one));
  const ignored =
    dropped.length === 0 ? [] : [remark(NAME, 'info', 'scope_ignored', { scopes: dropped })];
  if (asked.length === 0) {
    const scopes = config.defaultScopes.filter((scope) => registered.includes(scope));
    return scopes.length === 0
      ? [problem(NAME, 'scope_no_default', { registered })]
      : [...ignored, remark(NAME, 'info', 'scope_default', { scopes })];
  }
  if (!asked.every((scope) => SYNTAX.test(scope))) {
    return [problem(NAME, 'scope_malformed', { registered })];
  }
  const findings = asked.flatMap((scope) => {
    if (!known.includes(scope)) {
      const joined = scope.split(/[,;+]/).some((part) => known.includes(part));
      const code = joined ? 'scope_separator' : 'scope_unknown';
      return [problem(NAME, code, { scope: asDetail(scope), registered })];
    }
    return registered.includes(scope)
      ? []
      : [problem(NAME, 'scope_not_registered', { scope, registered })];
  });
  return findings.length > 0
    ? findings
    : [...ignored, remark(NAME, 'ok', 'scope_fits', { scopes: asked })];
}
