import type { Context, Middleware } from 'koa';
import { type OutageCause, outageCause } from '../db/unreachable.ts';
import type { Logger } from '../lib/log.ts';
import { limitRepeatedLines } from '../lib/repeated-lines.ts';
import { fromStatus, type HttpError, toHttpError } from './http-error.ts';
import { clientAddress } from './origin.ts';
import { requestIdOf } from './request-id.ts';
import { pathOf, routePattern } from './route-pattern.ts';

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
export type ErrorPage = (ctx: Context, error: HttpError) => void | Promise<void>;

/** Answers with the message of the error as plain text. */
export const plainError = (ctx: Context, { status, message }: HttpError): void => {
  ctx.status = status;
  ctx.type = 'text/plain';
  ctx.body = message;
};

/**
 * Outermost middleware: answers errors, and requests that no handler answered. The body is JSON of
 * RFC 6749 below `/api/v1/oauth/` and `/.well-known/`, the contract's JSON below `/api/`, and a page
 * elsewhere and at `authorize`.
 */
export function errorResponses(
  page: ErrorPage,
  log: Pick<Logger, 'info' | 'warn' | 'error'>,
  countOutage: (cause: OutageCause) => void = () => {},
): Middleware {
  const limitLines = limitRepeatedLines();
  return async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      const told = toHttpError(error);
      if (told.status === 503) {
        countOutage(outageCause(error));
      }
      if (told.status >= 500) {
        const cause = causeOf(told, error);
        limitLines(cause, (repeated) => reportFailure(log, ctx, told, { error, repeated }));
      } else if (told.code === 'csrf_failed') {
        reportForgery(log, ctx, told);
      }
      await answer(page, ctx, told);
      return;
    }
    const empty = ctx.body === undefined || ctx.body === null;
    if (ctx.status >= 400 && empty && ctx.respond !== false && !ctx.headerSent) {
      await answer(page, ctx, fromStatus(ctx.status, ctx.method));
    }
  };
}

/**
 * Logs a response that was aborted after its headers were sent. Koa would print it to standard error
 * instead. Client disconnects are not errors.
 */
export function reportBrokenAnswer(log: Logger): (error: unknown, ctx?: Context) => void {
  return (error, ctx) => {
    const isDisconnect =
      error instanceof Error && 'code' in error && CLIENT_DISCONNECT_CODES.has(error.code);
    if (!isDisconnect) {
      const id = ctx && requestIdOf(ctx.req);
      log.warn({ err: error, request_id: id }, 'Response aborted after headers were sent');
    }
  };
}

/** Returns a key that failures have in common of which one a second is logged. */
function causeOf({ status }: HttpError, error: unknown): string {
  if (status === 503) {
    return outageCause(error);
  }
  return error instanceof Error ? `${error.name} ${error.message}`.slice(0, 200) : 'no error';
}

/** @param repeated number of requests that failed alike within the last second, unless it is the first */
function reportFailure(
  log: Pick<Logger, 'warn' | 'error'>,
  ctx: Context,
  { status }: HttpError,
  { error, repeated }: { readonly error: unknown; readonly repeated: number | undefined },
): void {
  const entry = { ...describeRequest(ctx), err: error, repeated };
  if (status === 503) {
    log.warn({ ...entry, cause: outageCause(error) }, 'Dependency unavailable');
  } else {
    log.error(entry, 'Unhandled error in request');
  }
}

/** Logs a refused form. Of other 4xx responses only the request is logged. */
function reportForgery(log: Pick<Logger, 'info'>, ctx: Context, { message }: HttpError): void {
  const entry = { ...describeRequest(ctx), reason: message, ip: clientAddress(ctx) };
  log.info(entry, 'Form refused: CSRF check failed');
}

function describeRequest(ctx: Context): object {
  return { method: ctx.method, route: routePattern(ctx), request_id: requestIdOf(ctx.req) };
}

async function answer(page: ErrorPage, ctx: Context, error: HttpError): Promise<void> {
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
    await page(ctx, error);
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
