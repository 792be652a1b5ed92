/** Stable names of what can go wrong; callers switch on these, never on messages. */
export type ErrorCode =
  | 'configuration_invalid'
  | 'data_dir_unusable'
  | 'data_dir_in_use'
  | 'database_behind'
  | 'database_ahead'
  | 'database_unreachable'
  | 'migration_failed'
  | 'port_taken'
  | 'validation_failed'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'gone'
  | 'precondition_failed'
  | 'method_not_allowed'
  | 'not_acceptable'
  | 'payload_too_large'
  | 'request_timeout'
  | 'unsupported_media_type'
  | 'too_many_attempts'
  | 'csrf_failed'
  | 'unavailable'
  | 'client_left'
  | 'mail_failed'
  | 'fetch_refused'
  | 'fetch_failed'
  | 'fetch_limited'
  | 'document_refused'
  | 'document_invalid'
  | 'cancelled';

/** An expected failure, with a message for the person who reads it. Rendered once, at the edge. */
export class StagedoorError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StagedoorError';
    this.code = code;
  }
}

/**
 * Returns what was looked for.
 * @throws StagedoorError `not_found` if it is undefined
 */
export function found<T>(value: T | undefined, message = 'Not found.'): T {
  if (value === undefined) {
    throw new StagedoorError('not_found', message);
  }
  return value;
}

type RetryCode = 'too_many_attempts' | 'unavailable' | 'client_left' | 'fetch_limited';

/** A refusal that ends by itself. Answered with 429 or 503, and with `Retry-After`, if the client is still there. */
export class RetryLaterError extends StagedoorError {
  readonly retrySeconds: number;

  constructor(code: RetryCode, message: string, retrySeconds: number) {
    super(code, message);
    this.name = 'RetryLaterError';
    this.retrySeconds = retrySeconds;
  }
}

/** The client of a request closed its connection before the work began. */
export class ClientLeftError extends RetryLaterError {
  constructor() {
    super('client_left', 'The client has left.', 1);
  }
}

/** Field name to what is wrong with it, as the JSON API and the forms show it. */
export type FieldErrors = Record<string, string[]>;

/** Input that does not fit; `fields` is the contract's shape of field errors. */
export class ValidationError extends StagedoorError {
  readonly fields: FieldErrors;

  constructor(fields: FieldErrors) {
    super('validation_failed', Object.values(fields).flat().join(' '));
    this.name = 'ValidationError';
    this.fields = fields;
  }
}
