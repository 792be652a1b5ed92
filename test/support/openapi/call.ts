import type { Issuer } from '../platform.ts';
import { type SendAnswer, send } from '../send.ts';
import type { Documented } from './operations.ts';

/** Values for calling an operation. */
export interface Call {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as JSON Lines. */
  readonly lines?: readonly object[];
  /** The `Authorization` header. */
  readonly authorization?: string;
}

/** Variations of a call. */
export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Replaces the method of the operation. */
  readonly method?: string;
  /** Raw text that replaces the body. */
  readonly raw?: string;
  /** Changes the path, including the query. */
  readonly path?: (path: string) => string;
}

/** A raw response. */
export type CallAnswer = SendAnswer;

export function call(
  server: Issuer,
  { method, path }: Pick<Documented, 'method' | 'path'>,
  { params = {}, query = {}, body, lines, authorization }: Call,
  { headers = {}, method: other = method, raw, path: change = (same) => same }: CallOptions = {},
): Promise<CallAnswer> {
  const filled = path.replace(/\{(\w+)\}/g, (whole, name) =>
    encodeURIComponent(params[name] ?? whole),
  );
  const search = new URLSearchParams(query);
  const target = change(search.size === 0 ? filled : `${filled}?${search}`);
  const sent = raw ?? lines?.map((line) => JSON.stringify(line)).join('\n') ?? JSON.stringify(body);
  const type = lines === undefined ? 'application/json' : 'application/jsonl';
  return send(server.issuer + target, {
    method: other,
    headers: {
      ...(authorization === undefined ? {} : { authorization }),
      ...(sent === undefined ? {} : { 'content-type': type }),
      ...headers,
    },
    body: sent,
  });
}
