import type { IncomingMessage } from 'node:http';
import { toForwardedFor } from './forwarded.ts';
import { toOriginForm } from './request-target.ts';

/** Configured address of a server. */
export interface Site {
  readonly issuer: string;
  /** Number of reverse proxies in front that set `X-Forwarded-For`, or `Forwarded`. */
  readonly trustProxy: number;
}

/**
 * Makes the issuer the only source of our own URLs and of "is this https". A forged `Host`,
 * `X-Forwarded-*` header or request line must not end up in metadata, redirects, cookies, or in the
 * URL that a DPoP proof is compared with. Koa and oidc-provider read these headers with `app.proxy`.
 * @returns a function that rewrites a request, and returns false if the request is for no place here
 */
export function ownUrl({ issuer, trustProxy }: Site): (request: IncomingMessage) => boolean {
  const { host, protocol } = new URL(issuer);
  return (request) => {
    const { headers } = request;
    if (trustProxy === 0) {
      delete headers['x-request-id'];
    }
    const target = toOriginForm(request.url ?? '', host);
    if (target === undefined) {
      return false;
    }
    request.url = target;
    headers['x-forwarded-host'] = host;
    headers['x-forwarded-proto'] = protocol.slice(0, -1);
    headers.host = host;
    if (trustProxy === 0) {
      delete headers['x-forwarded-for'];
    } else if (headers.forwarded !== undefined) {
      // Where both are sent, the usual one counts.
      headers['x-forwarded-for'] ??= toForwardedFor(headers.forwarded);
    }
    return true;
  };
}
