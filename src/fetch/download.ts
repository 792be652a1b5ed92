import { once } from 'node:events';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { failed } from './errors.ts';
import { maxAgeOf } from './max-age.ts';
import type { ResolvedAddress } from './resolve.ts';

/** A JSON document and the time for which it may be kept. */
export interface FetchedDocument {
  readonly body: string;
  /** Media type in lower case, without parameters. */
  readonly contentType: string;
  /** Seconds, between 300 and 86,400. */
  readonly maxAge: number;
}

const MOST_BYTES = 5 * 1024;
const JSON_TYPE = /^application\/(?:[a-z0-9!#$&^_.-]+\+)?json$/;

const HEADERS = {
  Accept: 'application/json, application/*+json;q=0.9',
  'Accept-Encoding': 'identity',
  'User-Agent': 'Stagedoor',
};

/**
 * Gets one document by one request: no redirects, no proxy, no kept connection, nothing of the caller.
 * @param addresses the only ones that are connected to; undefined for those that the system finds
 * @throws StagedoorError `fetch_failed`, or an error of the connection
 */
export async function download(
  url: URL,
  addresses: readonly ResolvedAddress[] | undefined,
  signal: AbortSignal,
): Promise<FetchedDocument> {
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const request = send(url, {
    // A new agent for each request, which knows no proxy of the environment.
    agent: false,
    headers: HEADERS,
    rejectUnauthorized: true,
    signal,
    ...(addresses === undefined ? {} : { lookup: lookupOf(addresses) }),
  });
  // Errors after the answer was read; without a listener they would end the process.
  request.on('error', () => {});
  try {
    request.end();
    const response = await responseTo(request, signal);
    const contentType = checkHead(response);
    return { body: await readBody(response), contentType, maxAge: maxAgeOf(response.headers) };
  } finally {
    request.destroy();
  }
}

/** Answers each look-up with the addresses that were checked. */
function lookupOf(addresses: readonly ResolvedAddress[]): LookupFunction {
  const [first] = addresses;
  return (_hostname, options, callback) => {
    if (options.all || first === undefined) {
      callback(null, [...addresses]);
    } else {
      callback(null, first.address, first.family);
    }
  };
}

async function responseTo(
  request: ReturnType<typeof requestHttp>,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const [response]: IncomingMessage[] = await once(request, 'response', { signal });
  if (response === undefined) {
    throw failed('The host sent no response.');
  }
  return response;
}

/** Checks everything that is known before the body, and returns the media type. */
function checkHead({ statusCode, headers }: IncomingMessage): string {
  if (statusCode !== 200) {
    throw failed(`The host answered with status ${statusCode}; 200 is needed.`);
  }
  const contentType = headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (!JSON_TYPE.test(contentType)) {
    throw failed('The document is not sent as application/json.');
  }
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding.trim().toLowerCase() !== 'identity') {
    throw failed('The document is compressed, although that was not asked for.');
  }
  if (Number(headers['content-length'] ?? 0) > MOST_BYTES) {
    throw tooLong();
  }
  return contentType;
}

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response.iterator()) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MOST_BYTES) {
      throw tooLong();
    }
    chunks.push(bytes);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw failed('The document is not UTF-8.', cause);
  }
}

function tooLong(): Error {
  return failed(`The document is larger than ${MOST_BYTES} bytes.`);
}
