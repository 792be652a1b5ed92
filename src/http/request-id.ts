import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Header that carries the ID, in requests of trusted proxies and in every response. */
export const REQUEST_ID_HEADER = 'X-Request-ID';

/** An ID of a proxy. None that begins like a credential of this server: IDs are logged. */
const WELL_FORMED = /^(?!sd[a-z]_)[\w.-]{1,64}$/;
/** @see https://www.w3.org/TR/trace-context/#traceparent-header */
const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

const ids = new WeakMap<IncomingMessage, string>();

/**
 * Returns the ID of a request, by which its log lines are found: that of the proxy if it is well-formed,
 * else a new one. `own-url.ts` removes the header if no proxy is trusted.
 */
export function requestIdOf(request: IncomingMessage): string {
  let id = ids.get(request);
  if (id === undefined) {
    const sent = request.headers['x-request-id'];
    id = typeof sent === 'string' && WELL_FORMED.test(sent) ? sent : randomUUID();
    ids.set(request, id);
  }
  return id;
}

/** Returns the position of a request in a distributed trace; undefined if it has none. */
export function traceparentOf(request: IncomingMessage): string | undefined {
  const { traceparent } = request.headers;
  return typeof traceparent === 'string' && TRACEPARENT.test(traceparent) ? traceparent : undefined;
}
