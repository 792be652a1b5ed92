import type { UnavailableError } from './unavailable.ts';

/** Why a request was refused; switch on these, never on messages. */
export type RefusalCode =
  | 'token_missing'
  | 'token_invalid'
  | 'scope_missing'
  | 'organizer_closed'
  | 'permission_missing'
  | 'unavailable';

/** The answer to a refused request, as any HTTP server can send it. */
export interface RefusalAnswer {
  readonly status: 401 | 403 | 503;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON: `{"detail": "…"}`. */
  readonly body: string;
}

/**
 * A request that is not let in. The only error that the kit throws once it is set up. The adapters
 * send `answer` themselves; `cause` is an {@link UnavailableError} where tokens can't be verified.
 */
export class RefusedError extends Error {
  readonly code: RefusalCode;
  readonly answer: RefusalAnswer;

  constructor(code: RefusalCode, message: string, answer: RefusalAnswer, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RefusedError';
    this.code = code;
    this.answer = answer;
  }
}

/** 401 without an error code: there was no token to be wrong. @see RFC 6750 §3.1 */
export function tokenMissing(): RefusedError {
  return refuse('token_missing', 401, 'Authentication credentials were not provided.', {
    'www-authenticate': challenge(),
  });
}

/** 401 `invalid_token`: expired, revoked, malformed or never issued; which of these is not said. */
export function tokenInvalid(): RefusedError {
  return refuse('token_invalid', 401, 'The access token is not valid.', {
    'www-authenticate': challenge('error="invalid_token"'),
  });
}

/** 403 `insufficient_scope`, with the scopes of which one would do. */
export function scopeMissing(scopes: readonly string[]): RefusedError {
  return refuse(
    'scope_missing',
    403,
    `The access token lacks the scope ${scopes.map((scope) => `"${scope}"`).join(' or ')}.`,
    { 'www-authenticate': challenge(`error="insufficient_scope", scope="${scopes.join(' ')}"`) },
  );
}

/** 403: the user did not pick this organizer, is no longer a member there, or there is none such. */
export function organizerClosed(): RefusedError {
  return refuse(
    'organizer_closed',
    403,
    'The access token does not open this organizer.',
    // No `scope`: asking for more scopes would not help.
    { 'www-authenticate': challenge('error="insufficient_scope"') },
  );
}

/** 403: the user's teams at this organizer lack the permission. */
export function permissionMissing(permission: string): RefusedError {
  return refuse(
    'permission_missing',
    403,
    `The user does not have the permission "${permission}" for this organizer.`,
    { 'www-authenticate': challenge('error="insufficient_scope"') },
  );
}

/** 503: nobody could say whether the token is valid. `cause` is for the operator, not the caller. */
export function unavailable(cause: UnavailableError): RefusedError {
  return refuse(
    'unavailable',
    503,
    'Access tokens cannot be verified at the moment. Please try again.',
    { 'retry-after': String(cause.retryAfter) },
    { cause },
  );
}

function refuse(
  code: RefusalCode,
  status: RefusalAnswer['status'],
  detail: string,
  headers: Record<string, string>,
  options?: ErrorOptions,
): RefusedError {
  const answer = {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify({ detail }),
  };
  return new RefusedError(code, detail, answer, options);
}

/** RFC 6750 §3 wants at least one parameter after the scheme, hence the realm. */
function challenge(parameters?: string): string {
  return ['Bearer realm="api"', parameters].filter((part) => part !== undefined).join(', ');
}
