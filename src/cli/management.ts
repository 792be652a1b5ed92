import { z } from 'zod';
import type { Method } from '../api/endpoint.ts';
import type { Remote } from '../config/config.ts';
import { type ErrorCode, StagedoorError, ValidationError } from '../lib/errors.ts';
import { reasonOf } from '../lib/failure-reason.ts';
import { VERSION } from '../lib/version.ts';

/** A call of the management API. */
export interface Request {
  readonly method: Method;
  /** Below `/api/v1`; see `pathTo`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: object;
  /** Message of the error if the object does not exist. */
  readonly missing?: string;
}

/** A JSON object as the API answers it. */
export type Entry = Readonly<Record<string, unknown>>;

/** Answer to a call. */
export interface Answer {
  /** Empty if the answer has none. */
  readonly body: Entry;
  readonly headers: Headers;
}

/** Client of the management API. */
export interface Management {
  /** @throws StagedoorError for every unsuccessful answer; ValidationError for wrong fields */
  call(request: Request): Promise<Answer>;
  /**
   * Sends JSON Lines and yields the lines of the answer while sending.
   * @throws the errors of `call`
   */
  exchange(request: LineRequest): AsyncGenerator<Entry, void>;
}

/** A call whose body is streamed. */
export interface LineRequest extends Pick<Request, 'path' | 'query'> {
  readonly lines: AsyncIterable<Uint8Array>;
}

const object = z.record(z.string(), z.unknown());
const fields = z.record(z.string(), z.array(z.string()));

const CODES: Readonly<Record<number, ErrorCode>> = {
  400: 'validation_failed',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  410: 'gone',
  412: 'precondition_failed',
  413: 'payload_too_large',
  429: 'too_many_attempts',
};

/**
 * Fills the parameters of a path: `/users/:id`.
 * @throws StagedoorError `not_found` for a parameter that no URL can name
 */
export function pathTo(path: string, params: readonly string[]): string {
  const rest = [...params];
  const filled = path.replace(/:\w+/g, () => {
    const param = rest.shift() ?? '';
    // A URL parser resolves these as folders.
    if (/^\.{0,2}$/.test(param)) {
      throw new StagedoorError('not_found', `There is nothing with the id ${quote(param)}.`);
    }
    return encodeURIComponent(param.toWellFormed());
  });
  return `${filled}/`;
}

/** Makes a client of the API of a server. */
export function managementAt({ url, token }: Remote, signal: AbortSignal): Management {
  const send = async (
    { method, path, query = {}, missing }: Omit<Request, 'body'>,
    body: RequestInit,
    type: string,
  ) => {
    const target = new URL(`/api/v1${path}`, url);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) {
        target.searchParams.set(name, value);
      }
    }
    const headers = {
      Authorization: `Token ${token}`,
      Accept: type,
      'User-Agent': `stagedoor-cli/${VERSION}`,
      ...(body.body && { 'Content-Type': type }),
    };
    const response = await reach(target, {
      ...body,
      method: method.toUpperCase(),
      signal,
      redirect: 'manual',
      headers,
    });
    if (!response.ok) {
      throw refusal(response.status, parse(await response.text()), missing, url);
    }
    return response;
  };
  return {
    call: async ({ body, ...request }) => {
      const init = body === undefined ? {} : { body: JSON.stringify(body) };
      const response = await send(request, init, 'application/json');
      return { body: parse(await response.text()) ?? {}, headers: response.headers };
    },
    exchange: async function* ({ lines, ...request }) {
      const init = { body: lines, duplex: 'half' } as const;
      const { body } = await send({ ...request, method: 'post' }, init, 'application/jsonl');
      yield* readEntries(body ?? []);
    },
  };
}

async function* readEntries(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Entry, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const entry = parse(line);
      if (entry !== undefined) {
        yield entry;
      }
    }
  }
}

async function reach(target: URL, request: RequestInit): Promise<Response> {
  try {
    return await fetch(target, request);
  } catch (cause) {
    if (request.signal?.aborted) {
      throw cause;
    }
    throw new StagedoorError(
      'unavailable',
      `The server at ${target.origin} does not answer: ${reasonOf(cause)}. Check the URL, and that the server is up.`,
      { cause },
    );
  }
}

function parse(text: string): Entry | undefined {
  try {
    return object.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function refusal(
  status: number,
  answer: Entry | undefined,
  missing: string | undefined,
  url: string,
): StagedoorError {
  const wrong = fields.safeParse(answer);
  if (status === 400 && wrong.success) {
    return new ValidationError(wrong.data);
  }
  if (status === 404 && answer?.detail === 'Not found.' && missing !== undefined) {
    return new StagedoorError('not_found', missing);
  }
  const code = CODES[status] ?? 'unavailable';
  const detail = typeof answer?.detail === 'string' ? answer.detail : undefined;
  if (code === 'unauthenticated') {
    return new StagedoorError(code, `${url} does not take the operator token: ${detail ?? status}`);
  }
  return new StagedoorError(
    answer === undefined ? 'unavailable' : code,
    detail ?? `${url} answered ${status}. Is that a Stagedoor server?`,
  );
}

/** Quotes a foreign text for a message, without control characters. */
export function quote(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, ' ');
}
