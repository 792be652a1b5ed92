import type { Context, Middleware } from 'koa';
import type { Logger } from '../lib/log.ts';
import { fromStatus, type HttpError, toHttpError } from './http-error.ts';
import { clientAddress } from './origin.ts';

/** Seconds after which a client may try again what was not available. */
const RETRY_AFTER = '5';

/** Error codes of Node.js for a connection that the client closed early. */
const CLIENT_DISCONNECT_CODES: ReadonlySet<unknown> = new Set([
  'ERR_STREAM_PREMATURE_CLOSE',
  'EPIPE',
  // In the middle of a request.
  'HPE_INVALID_EOF_STATE',
]);

/** Answers with an error outside the APIs. */
export type ErrorPage = (ctx: Context, error: HttpError) => void;

/** Answers with the message of the error as plain text. */
export const plainError: ErrorPage = (ctx, { status, message }) => {
  ctx.status = status;
  ctx.type = 'text/plain';
  ctx.body = message;
};

/**
 * Outermost middleware: answers errors and requests without an answer. JSON of RFC 6749 below `/api/v1/oauth/` and `/.well-known/`, the contract's JSON below
 * `/api/`, a page elsewhere and at `authorize`.
 */
export function errorResponses(
  page: ErrorPage,
  log: Pick<Logger, 'info' | 'warn' | 'error'>,
): Middleware {
  return async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      const told = toHttpError(error);
      report(log, ctx, told, error);
      answer(page, ctx, told);
      return;
    }
    const empty = ctx.body === undefined || ctx.body === null;
    if (ctx.status >= 400 && empty && ctx.respond !== false && !ctx.headerSent) {
      answer(page, ctx, fromStatus(ctx.status, ctx.method));
    }
  };
}

/**
 * Logs a response that was aborted after its headers were sent. Koa would print it to standard error
 * instead. Client disconnects are not errors.
 */
export function reportBrokenAnswer(log: Logger): (error: unknown) => void {
  return (error) => {
    const isDisconnect =
      error instanceof Error && 'code' in error && CLIENT_DISCONNECT_CODES.has(error.code);
    if (!isDisconnect) {
      log.warn({ err: error }, 'Response aborted after headers were sent');
    }
  };
}

/** Logs 5xx responses and refused forms. Other 4xx responses would let anyone fill the log. */
function report(
  log: Pick<Logger, 'info' | 'warn' | 'error'>,
  ctx: Context,
  told: HttpError,
  error: unknown,
): void {
  if (told.code === 'csrf_failed') {
    const entry = { reason: told.message, method: ctx.method, path: pathOf(ctx) };
    log.info({ ...entry, ip: clientAddress(ctx) }, 'Form refused: CSRF check failed');
  }
  if (told.status < 500) {
    return;
  }
  const entry = { err: error, method: ctx.method, path: pathOf(ctx) };
  if (told.status === 503) {
    log.warn(entry, 'Dependency unavailable');
  } else {
    log.error(entry, 'Unhandled error in request');
  }
}

function answer(page: ErrorPage, ctx: Context, error: HttpError): void {
  if (ctx.headerSent || ctx.respond === false) {
    // A partial answer cannot be taken back: closing the connection shows that it is incomplete.
    ctx.res.destroy();
    return;
  }
  for (const name of [
    'Content-Encoding',
    'Content-Disposition',
    'ETag',
    'Last-Modified',
    'Location',
  ]) {
    ctx.remove(name);
  }
  ctx.set('Cache-Control', 'no-store');
  if (error.retrySeconds !== undefined) {
    ctx.set('Retry-After', String(error.retrySeconds));
  } else if (error.status === 503) {
    ctx.set('Retry-After', ctx.response.get('Retry-After') || RETRY_AFTER);
  }
  const path = pathOf(ctx).toLowerCase();
  if (/^\/(api\/v1\/oauth\/(?!authorize(\/|$))|\.well-known\/)/.test(path)) {
    json(ctx, error.status, protocolBody(error));
  } else if (/^\/api(\/|$)/.test(path) && !path.startsWith('/api/v1/oauth/')) {
    json(ctx, error.status, error.fields ?? { detail: error.message });
  } else {
    page(ctx, error);
  }
}

/** Answers with JSON regardless of `Accept`. */
function json(ctx: Context, status: number, body: object): void {
  ctx.status = status;
  ctx.type = 'application/json';
  ctx.body = JSON.stringify(body);
}

/** @see RFC 6749 §5.2, also for the characters that `error_description` may hold */
function protocolBody(error: HttpError): object {
  const retryLater = error.status === 429 || error.status === 503;
  const name = retryLater
    ? 'temporarily_unavailable'
    : error.status < 500
      ? 'invalid_request'
      : 'server_error';
  return {
    error: error.protocolError ?? name,
    error_description: error.message
      .replaceAll('"', "'")
      .replaceAll('\\', '/')
      .replace(/[^\x20-\x7e]/g, ' '),
  };
}

/** Returns the path; empty if the request line cannot be parsed. */
function pathOf(ctx: Context): string {
  try {
    return ctx.path;
  } catch {
    return '';
  }
}
