/** Reasons why tokens cannot be verified; switch on these, never on messages. */
export type UnavailableCode =
  /** No connection to the authorization server, or one that broke. */
  | 'unreachable'
  /** It did not answer in time. */
  | 'timeout'
  /** It answered 429, or 500 and more. */
  | 'server_error'
  /** Its answer makes no sense. */
  | 'bad_answer'
  /** Something about this service has to be set right first; the message says what. */
  | 'misconfigured'
  /** It failed several times in a row, and was not asked. */
  | 'circuit_open'
  /** Too many questions were under way, so it was not asked. */
  | 'overloaded';

/** Tokens cannot be verified: one line for the log, with a suggested fix. */
export class UnavailableError extends Error {
  readonly code: UnavailableCode;
  /** Seconds after which it may be better. */
  readonly retryAfter: number;
  /**
   * The server as a whole is unreachable or overloaded: no connection, no answer in time, or a
   * status from 502 to 504. False for an answer that may be about this one token.
   */
  readonly isOutage: boolean;

  constructor(
    code: UnavailableCode,
    message: string,
    options: ErrorOptions & { retryAfter?: number; isOutage?: boolean } = {},
  ) {
    super(message, options);
    this.name = 'UnavailableError';
    this.code = code;
    this.retryAfter = options.retryAfter ?? RETRY_AFTER;
    this.isOutage = options.isOutage ?? OUTAGES.includes(code);
  }
}

const RETRY_AFTER = 2;
const OUTAGES: readonly UnavailableCode[] = [
  'unreachable',
  'timeout',
  'circuit_open',
  'overloaded',
];
/** Errors of a connection that was open before: the server may have been restarted. */
const RESET = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** Tests if the connection broke, so that a retry on a new one can succeed. */
export function isConnectionReset(error: unknown): boolean {
  return causesOf(error).some(({ code }) => code !== undefined && RESET.has(code));
}

/** Puts a failed request to `url` in a line. */
export function explain(error: unknown, url: string): UnavailableError {
  if (error instanceof UnavailableError) {
    return error;
  }
  const options = { cause: error };
  const causes = causesOf(error);
  if (causes.some(({ name }) => name === 'TimeoutError' || name === 'AbortError')) {
    return new UnavailableError('timeout', `${url} did not answer in time.`, options);
  }
  // `fetch` puts what the network said into the cause, and so do the libraries above it.
  const code = causes.map((cause) => cause.code).find((name) => isNetworkCode(name));
  if (code !== undefined) {
    const message = `${url} cannot be reached (${code}). Check that it is the right one, and that the server runs.`;
    return new UnavailableError('unreachable', message, options);
  }
  const reason = causes.map(({ message }) => message).join(': ');
  return new UnavailableError('bad_answer', `${url} gave no usable answer: ${oneLine(reason)}.`, {
    cause: error,
  });
}

interface Cause {
  readonly name: string;
  readonly message: string;
  readonly code: string | undefined;
}

/** The error and what caused it, from the outside in. */
function causesOf(error: unknown): readonly Cause[] {
  const causes: Cause[] = [];
  for (let next = error; next instanceof Error && causes.length < DEPTH; next = next.cause) {
    const code = 'code' in next && typeof next.code === 'string' ? next.code : undefined;
    causes.push({ name: next.name, message: next.message, code });
  }
  return causes;
}

const DEPTH = 5;

/** `ECONNREFUSED`, `UND_ERR_SOCKET`, `CERT_HAS_EXPIRED`; but none of the library's `OAUTH_…`. */
function isNetworkCode(code: string | undefined): boolean {
  return code !== undefined && /^[A-Z][A-Z0-9_]+$/.test(code) && !/^(OAUTH|ERR)_/.test(code);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 200);
}
