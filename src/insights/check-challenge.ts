import type { Application } from '../applications/application.ts';
import type { Parameters } from './authorize-request.ts';
import { asDetail } from './client-error.ts';
import { type Finding, problem, remark } from './finding.ts';

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
