import type { Application } from '../applications/application.ts';
import type { Parameters } from './authorize-request.ts';
import { asDetail } from './client-error.ts';
import { type Finding, problem, remark } from './finding.ts';
import { isRegistered, nearestRedirectUri } from './redirect-uri-difference.ts';

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
  if (isRegistered(application, sent)) {
    const code = application.redirectUris.includes(sent)
      ? 'redirect_uri_fits'
      : 'redirect_uri_any_port';
    return [remark(NAME, 'ok', code)];
  }
  return [checkEncoding(application, sent) ?? mismatch(application, sent)];
}

function mismatch(application: Application, sent: string): Finding {
  const found = nearestRedirectUri(application, sent);
  return problem(NAME, 'redirect_uri_mismatch', {
    sent: asDetail(sent),
    ...(found === undefined ? {} : { nearest: found.nearest, differences: found.differences }),
  });
}

/** The two mistakes that people make when they put one URL into another. */
function checkEncoding(application: Application, sent: string): Finding | undefined {
  if (isRegistered(application, decoded(sent))) {
    return problem(NAME, 'redirect_uri_encoded_twice', { sent: asDetail(sent) });
  }
  const whole = application.redirectUris.find((uri) => uri.startsWith(`${sent}&`));
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
