import type { ParsedUrlQuery } from 'node:querystring';
import type { Application } from '../applications/application.ts';
import { resourceKey } from '../lib/resource-uri.ts';
import { splitScope } from '../lib/scopes.ts';
import type { CheckedAgainst, Parameters } from './authorize-request.ts';
import { asDetail } from './client-error.ts';
import { type Finding, problem, remark } from './finding.ts';
import { isRegistered, nearestRedirectUri } from './redirect-uri-difference.ts';

/**
 * Checks `redirect_uri`: a registered one, character by character.
 * @see RFC 9700 §4.1.3
 */
export function checkRedirectUriParameter(
  application: Application,
  { redirect_uri: sent }: Parameters,
): Finding[] {
  if (sent === undefined) {
    return [problem('redirect_uri', 'parameter_missing', { parameters: ['redirect_uri'] })];
  }
  if (isRegistered(application, sent)) {
    const code = application.redirectUris.includes(sent)
      ? 'redirect_uri_fits'
      : 'redirect_uri_any_port';
    return [remark('redirect_uri', 'ok', code)];
  }
  return [checkEncoding(application, sent) ?? mismatch(application, sent)];
}

function mismatch(application: Application, sent: string): Finding {
  const found = nearestRedirectUri(application, sent);
  return problem('redirect_uri', 'redirect_uri_mismatch', {
    sent: asDetail(sent),
    ...(found === undefined ? {} : { nearest: found.nearest, differences: found.differences }),
  });
}

/** The two mistakes that people make when they put one URL into another. */
function checkEncoding(application: Application, sent: string): Finding | undefined {
  if (isRegistered(application, decoded(sent))) {
    return problem('redirect_uri', 'redirect_uri_encoded_twice', { sent: asDetail(sent) });
  }
  const whole = application.redirectUris.find((uri) => uri.startsWith(`${sent}&`));
  return whole === undefined
    ? undefined
    : problem('redirect_uri', 'redirect_uri_cut', { sent: asDetail(sent), nearest: whole });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Characters of a SHA-256 in base64url, which is what a challenge is (RFC 7636 §4.2). */
const SHA256_LENGTH = 43;

/**
 * Checks `code_challenge` and `code_challenge_method`.
 * @see RFC 7636 §4.3
 */
export function checkChallenge(application: Application, parameters: Parameters): Finding[] {
  const { code_challenge: challenge, code_challenge_method: method } = parameters;
  if (challenge === undefined) {
    return withoutChallenge(application, method);
  }
  return [...checkValue(challenge), ...checkMethod(method)];
}

function withoutChallenge(application: Application, method: string | undefined): Finding[] {
  if (method !== undefined) {
    return [
      ...(method === 'S256' ? [] : checkMethod(method)),
      problem('code_challenge', 'pkce_challenge_missing'),
    ];
  }
  return application.requirePkce
    ? [problem('code_challenge', 'pkce_missing')]
    : [remark('code_challenge', 'warning', 'pkce_left_out')];
}

function checkMethod(method: string | undefined): Finding[] {
  const name = 'code_challenge_method';
  if (method === undefined) {
    return [problem(name, 'pkce_method_missing')];
  }
  return method === 'S256'
    ? [remark(name, 'ok', 'fits')]
    : [problem(name, 'pkce_method_unsupported', { sent: asDetail(method) })];
}

function checkValue(challenge: string): Finding[] {
  const name = 'code_challenge';
  const length = String(challenge.length);
  if (/[^\w.~-]/.test(challenge)) {
    return [problem(name, 'pkce_challenge_characters')];
  }
  if (challenge.length < SHA256_LENGTH || challenge.length > 128) {
    return [problem(name, 'pkce_challenge_length', { length })];
  }
  if (/^[0-9a-f]{64}$/i.test(challenge)) {
    return [remark(name, 'warning', 'challenge_hex')];
  }
  // Taken, but no verifier will ever fit it.
  return challenge.length === SHA256_LENGTH && /^[\w-]+$/.test(challenge)
    ? [remark(name, 'ok', 'pkce_fits')]
    : [remark(name, 'warning', 'challenge_not_sha256', { length })];
}

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
    dropped.length === 0 ? [] : [remark('scope', 'info', 'scope_ignored', { scopes: dropped })];
  if (asked.length === 0) {
    const scopes = config.defaultScopes.filter((scope) => registered.includes(scope));
    return scopes.length === 0
      ? [problem('scope', 'scope_no_default', { registered })]
      : [...ignored, remark('scope', 'info', 'scope_default', { scopes })];
  }
  if (!asked.every((scope) => SYNTAX.test(scope))) {
    return [problem('scope', 'scope_malformed', { registered })];
  }
  const findings = asked.flatMap((scope) => {
    if (!known.includes(scope)) {
      const joined = scope.split(/[,;+]/).some((part) => known.includes(part));
      const code = joined ? 'scope_separator' : 'scope_unknown';
      return [problem('scope', code, { scope: asDetail(scope), registered })];
    }
    return registered.includes(scope)
      ? []
      : [problem('scope', 'scope_not_registered', { scope, registered })];
  });
  return findings.length > 0
    ? findings
    : [...ignored, remark('scope', 'ok', 'scope_fits', { scopes: asked })];
}

/** Returns the resources that a query names; only this parameter may be repeated. */
export function readResources(sent: ParsedUrlQuery): string[] {
  return [...new Set([sent.resource ?? []].flat())].filter((uri) => uri !== '');
}

/**
 * Checks each `resource`, and says which API services the tokens would be for.
 * @see RFC 8707 §2
 */
export function checkResourceParameter(
  { resources }: Pick<CheckedAgainst, 'resources'>,
  sent: ParsedUrlQuery,
): Finding[] {
  const asked = readResources(sent);
  const findings = asked.flatMap((uri) => {
    const key = resourceKey(uri);
    if (key === undefined) {
      return [problem('resource', 'resource_invalid', { sent: asDetail(uri) })];
    }
    return resources.has(key)
      ? []
      : [problem('resource', 'resource_unknown', { sent: asDetail(uri) })];
  });
  if (findings.length > 0 || asked.length === 0) {
    return findings;
  }
  const names = asked.flatMap((uri) => resources.get(resourceKey(uri) ?? '') ?? []);
  return [remark('resource', 'ok', 'resource_fits', { apis: names.map(asDetail) })];
}
