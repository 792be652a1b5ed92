import type { Application } from '../applications/application.ts';
import type { Parameters } from './authorize-request.ts';
import { asDetail } from './client-error.ts';
import { type Finding, problem, remark } from './finding.ts';
import {
  isRegistered,
  nearestRedirectUri,
  type RedirectUriRules,
  redirectUriRules,
} from './redirect-uri-difference.ts';

const NAME = 'redirect_uri';

/**
 * Checks `redirect_uri`: a registered one, character by character.
 * @see RFC 9700 §4.1.3
 */
export function checkRedirectUriParameter(
  application: Application,
  { redirect_uri: sent }: Parameters,
): Finding[] {
  if (sent === undefined) {
    return [problem(NAME, 'parameter_missing', { parameters: [NAME] })];
  }
  const rules = redirectUriRules(application);
  if (isRegistered(rules, sent)) {
    const code = rules.redirectUris.includes(sent) ? 'redirect_uri_fits' : 'redirect_uri_any_port';
    return [remark(NAME, 'ok', code)];
  }
  return [checkEncoding(rules, sent) ?? mismatch(rules, sent)];
}

function mismatch(rules: RedirectUriRules, sent: string): Finding {
  const found = nearestRedirectUri(rules, sent);
  return problem(NAME, 'redirect_uri_mismatch', {
    sent: asDetail(sent),
    ...(found === undefined ? {} : { nearest: found.nearest, differences: found.differences }),
  });
}

/** The two mistakes that people make when they put one URL into another. */
function checkEncoding(rules: RedirectUriRules, sent: string): Finding | undefined {
  if (isRegistered(rules, decoded(sent))) {
    return problem(NAME, 'redirect_uri_encoded_twice', { sent: asDetail(sent) });
  }
  const whole = rules.redirectUris.find((uri) => uri.startsWith(`${sent}&`));
  return whole === undefined
    ? undefined
    : problem(NAME, 'redirect_uri_cut', { sent: asDetail(sent), nearest: whole });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
