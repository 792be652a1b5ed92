import { isBusy } from '../db/transaction.ts';
import { isUnreachable } from '../db/unreachable.ts';
import { type ErrorCode, RetryLaterError, StagedoorError, ValidationError } from '../lib/errors.ts';

/** An error in the terms of HTTP. Contains nothing of an unexpected error. */
export interface HttpError {
  readonly status: number;
  readonly code: ErrorCode | 'internal';
  /** For developers: English, never a stack trace. */
  readonly message: string;
  /** With `validation_failed`. */
  readonly fields?: Readonly<Record<string, string[]>>;
  /** Seconds after which the client may try again. */
  readonly retrySeconds?: number;
  /** An error of RFC 6749 that brought its own name. */
  readonly protocolError?: string;
}

const STATUS: Partial<Record<ErrorCode, number>> = {
  validation_failed: 400,
  unauthenticated: 401,
  forbidden: 403,
  csrf_failed: 403,
  not_found: 404,
  method_not_allowed: 405,
  not_acceptable: 406,
  request_timeout: 408,
  conflict: 409,
  gone: 410,
  precondition_failed: 412,
  payload_too_large: 413,
  unsupported_media_type: 415,
  too_many_attempts: 429,
  // Nobody reads the answer; the status is for log and metrics.
  client_left: 499,
  unavailable: 503,
  document_refused: 403,
  document_invalid: 400,
  fetch_refused: 400,
  fetch_failed: 400,
  fetch_limited: 429,
};

const UNAVAILABLE: HttpError = {
  status: 503,
  code: 'unavailable',
  message: 'The database is not reachable at the moment. Try again shortly.',
};
const BUSY: HttpError = {
  status: 503,
  code: 'unavailable',
  message: 'Another change of the same data is under way. Try again shortly.',
  retrySeconds: 2,
};
const INTERNAL: HttpError = {
  status: 500,
  code: 'internal',
  message: 'Something went wrong on this server. It has been logged.',
};

/** Converts a thrown value to an error that may be shown. */
export function toHttpError(error: unknown): HttpError {
  if (isUnreachable(error)) {
    return UNAVAILABLE;
  }
  if (isBusy(error)) {
    return BUSY;
  }
  if (error instanceof StagedoorError) {
    const status = STATUS[error.code];
    return status === undefined
      ? INTERNAL
      : {
          status,
          code: error.code,
          message: error.message,
          ...(error instanceof ValidationError ? { fields: error.fields } : {}),
          ...(error instanceof RetryLaterError ? { retrySeconds: error.retrySeconds } : {}),
        };
  }
  return fromExposed(error) ?? INTERNAL;
}

/** An answer that has a status and nothing else, as `allowedMethods` of the router leaves it. */
export function fromStatus(status: number, method: string): HttpError {
  const code = codeOf(status);
  const messages: Partial<Record<HttpError['code'], string>> = {
    not_found: 'Not found.',
    method_not_allowed: `Method '${method}' not allowed.`,
    internal: INTERNAL.message,
  };
  return { status, code, message: messages[code] ?? `The request was answered with ${status}.` };
}

/** 4xx errors of Koa (`http-errors`) and of oidc-provider, which are made to be shown. */
function fromExposed(error: unknown): HttpError | undefined {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') {
    return undefined;
  }
  if (error.status < 400 || error.status > 499 || !('expose' in error) || error.expose !== true) {
    return undefined;
  }
  const description = 'error_description' in error ? error.error_description : undefined;
  return {
    status: error.status,
    code: codeOf(error.status),
    message: typeof description === 'string' ? description : error.message,
    ...('error' in error && typeof error.error === 'string' ? { protocolError: error.error } : {}),
  };
}

function codeOf(status: number): HttpError['code'] {
  const known = Object.entries(STATUS).find(([, one]) => one === status)?.[0];
  if (known === 'csrf_failed' || (known === undefined && status < 500)) {
    return 'validation_failed';
  }
  return isErrorCode(known) ? known : 'internal';
}

function isErrorCode(value: string | undefined): value is ErrorCode {
  return value !== undefined && Object.hasOwn(STATUS, value);
}
