import type { ClientCredentials } from './registration.ts';
import { type Behind, pretty, shorten } from './step.ts';

/** Milliseconds. */
const TIMEOUT = 5_000;

/** Introspects a token as the API service; undefined if there was no answer. */
export async function introspect(
  issuer: string,
  { clientId, clientSecret }: ClientCredentials,
  token: string,
): Promise<Behind | undefined> {
  const url = new URL('/api/v1/oauth/introspect', issuer);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
      body: new URLSearchParams({ token }),
      signal: AbortSignal.timeout(TIMEOUT),
    });
    const request = [
      `POST ${url.host}${url.pathname}`,
      'Authorization: Basic API_SERVICE_ID:API_SERVICE_SECRET',
      `token=${shorten(token)}`,
    ];
    return { request: request.join('\n'), body: shorten(pretty(await response.text())) };
  } catch {
    return undefined;
  }
}
