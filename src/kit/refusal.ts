import { type Challenge, INSUFFICIENT } from './challenge.ts';
import type { UnavailableError } from './unavailable.ts';

/** Reasons for refusing a request; switch on these, never on messages. */
export type RefusalCode =
  | 'token_missing'
  | 'token_invalid'
  | 'proof_invalid'
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

const INVALID_TOKEN = 'error="invalid_token"';

/** 401 without an error code: there was no token to be wrong. @see RFC 6750 §3.1 */
export function tokenMissing(challenge: Challenge): RefusedError {
  return refuse('token_missing', 401, 'Authentication credentials were not provided.', challenge());
}

/** 401 `invalid_token`: expired, revoked, malformed or never issued; which of these is not said. */
export function tokenInvalid(challenge: Challenge): RefusedError {
  const detail = 'The access token is not valid.';
  return refuse('token_invalid', 401, detail, challenge(INVALID_TOKEN));
}

/** 401 `invalid_token`: live, and meant for another API. */
export function audienceInvalid(challenge: Challenge): RefusedError {
  const detail = 'The access token is for another API.';
  const parameters = `${INVALID_TOKEN}, error_description="${detail}"`;
  return refuse('token_invalid', 401, detail, challenge(parameters));
}

/** 401 `invalid_token`: bound to a key and sent without a proof of it, or the other way round. */
export function bindingInvalid(challenge: Challenge): RefusedError {
  const detail = 'The access token is not bound to the key of a DPoP proof that came with it.';
  return refuse('token_invalid', 401, detail, challenge(INVALID_TOKEN));
}

/** 401 `invalid_dpop_proof`, with the reason: the application has to make better ones. */
export function proofInvalid(challenge: Challenge, reason: string): RefusedError {
  const detail = `The DPoP proof is not valid: ${reason}.`;
  return refuse('proof_invalid', 401, detail, challenge('error="invalid_dpop_proof"'));
}

/** 403 `insufficient_scope`, with the scopes of which one would do. */
export function scopeMissing(challenge: Challenge, scopes: readonly string[]): RefusedError {
  const names = scopes.map((scope) => `"${scope}"`).join(' or ');
  return refuse(
    'scope_missing',
    403,
    `The access token lacks the scope ${names}.`,
    challenge(`${INSUFFICIENT}, scope="${scopes.join(' ')}"`),
  );
}

/** 403: the user did not select this organizer, is no longer a member of it, or it does not exist. */
export function organizerClosed(challenge: Challenge): RefusedError {
  const detail = 'The access token does not open this organizer.';
  // No `scope`: asking for more scopes would not help.
  return refuse('organizer_closed', 403, detail, challenge(INSUFFICIENT));
}

/** 403: the user's teams at this organizer lack the permission, for this event if it is about one. */
export function permissionMissing(
  challenge: Challenge,
  permission: string,
  about: 'organizer' | 'event',
): RefusedError {
  const detail = `The user does not have the permission "${permission}" for this ${about}.`;
  return refuse('permission_missing', 403, detail, challenge(INSUFFICIENT));
}

/** 503: the token could not be verified. `cause` is for the operator, not the caller. */
export function unavailable(cause: UnavailableError): RefusedError {
  const detail = 'Access tokens cannot be verified at the moment. Please try again.';
  const answer = answerWith(503, detail, { 'retry-after': String(cause.retryAfter) });
  return new RefusedError('unavailable', detail, answer, { cause });
}

function refuse(
  code: RefusalCode,
  status: RefusalAnswer['status'],
  detail: string,
  challenge: string,
): RefusedError {
  const answer = answerWith(status, detail, { 'www-authenticate': challenge });
  return new RefusedError(code, detail, answer);
}

function answerWith(
  status: RefusalAnswer['status'],
  detail: string,
  headers: Readonly<Record<string, string>>,
): RefusalAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify({ detail }),
  };
}
