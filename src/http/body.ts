import type { IncomingMessage } from 'node:http';
import type { Context } from 'koa';
import { StagedoorError } from '../lib/errors.ts';

/** Limits for reading a request body. */
export interface BodyLimits {
  /** Bytes. */
  readonly bytes: number;
  /** Milliseconds without a byte after which it is given up; none: as long as the server waits. */
  readonly idle?: number;
  /** Aborts reading; its reason is thrown. */
  readonly ending?: AbortSignal | undefined;
}

/**
 * Refuses a body that is announced as too long, or compressed. Reads nothing.
 * @throws StagedoorError `payload_too_large`, `unsupported_media_type`
 */
export function checkAnnounced(ctx: Context, limit: number): void {
  if (!['', 'identity'].includes(ctx.get('Content-Encoding').toLowerCase())) {
    throw new StagedoorError('unsupported_media_type', 'The body must not be compressed.');
  }
  if (Number(ctx.get('Content-Length')) > limit) {
    throw tooLarge(limit);
  }
}

/**
 * Reads the body of a request, at most `limit` bytes of it.
 * @throws StagedoorError `payload_too_large`, `unsupported_media_type` (compressed), `request_timeout`
 *   where the sender has left
 */
export async function readBody(ctx: Context, limit: number): Promise<Buffer> {
  checkAnnounced(ctx, limit);
  const arrived = await readArrived(ctx.req, limit);
  if (arrived !== undefined) {
    return arrived;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of readChunks(ctx.req, { bytes: limit })) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * Reads a body that came with the headers, as most forms do, without listeners for the events of the
 * request; undefined if more is to come.
 */
async function readArrived(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  await restOfPacket();
  assertConnected(request);
  const { complete, readableLength } = request;
  const body: unknown = complete && readableLength <= limit ? request.read() : undefined;
  return Buffer.isBuffer(body) ? body : undefined;
}

/** Waits until the parser has emitted the data that arrived with the headers. */
function restOfPacket(): Promise<void> {
  return Promise.resolve();
}

/**
 * Yields the body of a request as it arrives. Reads no more ahead than the connection buffers. The
 * request stays open if reading ends early, because destroying it would prevent the response.
 * @throws StagedoorError `payload_too_large`, or `request_timeout` if the sender has stopped or left
 */
export async function* readChunks(
  request: IncomingMessage,
  limits: BodyLimits,
): AsyncGenerator<Buffer, void> {
  let length = 0;
  while (!request.readableEnded) {
    limits.ending?.throwIfAborted();
    assertConnected(request);
    const chunk: unknown = request.read();
    if (!Buffer.isBuffer(chunk)) {
      await nextBodyEvent(request, limits);
      continue;
    }
    length += chunk.length;
    if (length > limits.bytes) {
      throw tooLarge(limits.bytes);
    }
    yield chunk;
  }
}

/**
 * Waits until the whole body has arrived and leaves it to the next reader.
 * @param limit bytes, fewer than a request buffers by itself (64 KiB)
 * @throws StagedoorError like `readBody`
 */
export async function awaitBody(ctx: Context, limit: number): Promise<void> {
  checkAnnounced(ctx, limit);
  const { req } = ctx;
  if (Number(ctx.get('Content-Length')) === 0 && ctx.get('Transfer-Encoding') === '') {
    return;
  }
  await restOfPacket();
  for (;;) {
    if (req.readableLength > limit) {
      throw tooLarge(limit);
    }
    assertConnected(req);
    if (req.complete) {
      return;
    }
    await nextBodyEvent(req, { bytes: limit });
  }
}

/**
 * Reads the whole body of a request and leaves it to the next reader as well.
 * @param limit as for `awaitBody`
 * @throws StagedoorError like `readBody`
 */
export async function peekBody(ctx: Context, limit: number): Promise<Buffer> {
  await awaitBody(ctx, limit);
  // Reading nothing would end the request.
  const body: unknown = ctx.req.readableLength === 0 ? undefined : ctx.req.read();
  if (!Buffer.isBuffer(body)) {
    return Buffer.alloc(0);
  }
  // At once: after the next turn of the event loop the request would count as read to its end.
  ctx.req.unshift(body);
  return body;
}

const EVENTS = ['readable', 'end', 'error', 'close'] as const;

async function nextBodyEvent(
  request: IncomingMessage,
  { idle, ending }: BodyLimits,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const happened = () => resolve();
  const timer =
    idle &&
    setTimeout(
      () =>
        reject(
          new StagedoorError('request_timeout', `Nothing was sent for ${idle / 1000} seconds.`),
        ),
      idle,
    );
  for (const event of EVENTS) {
    request.on(event, happened);
  }
  ending?.addEventListener('abort', happened);
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    for (const event of EVENTS) {
      request.off(event, happened);
    }
    ending?.removeEventListener('abort', happened);
  }
}

function tooLarge(limit: number): StagedoorError {
  return new StagedoorError('payload_too_large', `The body may hold at most ${limit} bytes.`);
}

/**
 * Refuses a request whose sender has closed the connection: its body can't be read any more.
 * @throws StagedoorError `request_timeout`
 */
export function assertConnected(request: IncomingMessage): void {
  if (request.destroyed) {
    throw new StagedoorError('request_timeout', 'The sender of the body has left.');
  }
}
