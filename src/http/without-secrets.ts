import querystring from 'node:querystring';

/** Parameters that belong into no URL of a page: pages do not repeat their values. */
const SECRET = /^(?:client_secret|code_verifier|client_assertion|code|(?:access|refresh)_token)$/i;

/** Replaces the values of secrets in a URL, and leaves all else as it was sent. */
export function withoutSecrets(url: string): string {
  return url.replace(/([?&])([^=&]*)=([^&]*)/g, (pair, separator: string, name: string) =>
    SECRET.test(querystring.unescape(name)) ? `${separator}${name}=…` : pair,
  );
}
