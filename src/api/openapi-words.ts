import type { Tag } from './endpoint.ts';
import { IDEMPOTENCY_KEY } from './idempotency.ts';
import {
  type Answer,
  type Header,
  type JsonSchema,
  type Parameter,
  refer,
} from './openapi-document.ts';

/** Conventions of all endpoints, one paragraph each. */
export const CONVENTIONS: readonly string[] = [
  'The platform uses this API to provision its directory, to register applications and API services, and to read grants and the log. Applications use it to read the profile and the organizers of a token.',
  'The OAuth endpoints (`/api/v1/oauth/`) are not part of this description. They follow their RFCs; `/.well-known/oauth-authorization-server` lists them (RFC 8414).',
  'Lists have pages of 50 entries: `count`, `next`, `previous`, `results`. Query parameters filter and order them. If a parameter is repeated, the last one counts; unknown parameters are ignored. Pages beyond the last return 404.',
  'Request bodies are JSON objects in UTF-8, up to one megabyte; unknown fields are ignored. The directory import accepts JSON Lines instead, up to 256 megabytes. Times are ISO 8601 with a time zone. A text in several languages is an object from language tag to string; a plain string is accepted, too.',
  'Errors are `{"detail": "…"}`, or messages by field: `{"name": ["This field may not be blank."]}`. Unknown paths return 404, unsupported methods return 405 with `Allow`. HEAD works wherever GET does. A slash at the end of a path makes no difference.',
  'Conditional requests: most responses have `Last-Modified`. If you send its value as `If-Modified-Since`, the response is 304 until something changes; within one second after a change it may be the full response again. Entries of the log never change, so the log has `X-Page-Generated` instead: send its value as `modified_since` to get the entries since then.',
  'Each call with an operator token is logged. A POST can have an `Idempotency-Key`, so that it can be sent again after a lost response; PUT and DELETE need none.',
  'New fields in responses are a compatible change. Removing a field or changing its type is not.',
];

/** Chapters of the reference, in their order. */
export const TAGS: Readonly<Record<Tag, string>> = {
  Users: 'Accounts. Their IDs come from the platform.',
  'Organizers and teams': 'The tenants of the platform, their teams and permissions.',
  Applications: 'OAuth clients that developers have registered.',
  'Resource servers': 'API services of the platform, which introspect access tokens.',
  Grants: 'Authorizations that users have given to applications.',
  Log: 'Events and their actors.',
  'Operator tokens': 'Tokens for this API and their rights.',
  Maintenance: 'Work that the server also does by itself.',
  'For applications': 'Endpoints for applications with an access token.',
  Description: 'This description.',
};

/** With what a call is let in. */
export const SECURITY_SCHEMES = {
  operatorToken: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description:
      '`Authorization: Token sdo_…`, with an operator token that has the required right.',
  },
  accessToken: {
    type: 'http',
    scheme: 'bearer',
    description:
      'An access token with the required scope. A token that is bound to a key is sent as `Authorization: DPoP …` with a proof in the header `DPoP` (RFC 9449).',
  },
};

const TEXT: JsonSchema = { type: 'string' };

/** Headers of requests that several endpoints heed. */
export const PARAMETERS: Readonly<Record<string, Parameter>> = {
  IfModifiedSince: {
    name: 'If-Modified-Since',
    in: 'header',
    required: false,
    description:
      '`Last-Modified` of the last response. The response is 304 until something changes.',
    schema: TEXT,
  },
  IfNoneMatch: {
    name: 'If-None-Match',
    in: 'header',
    required: false,
    description: '`ETag` of the last response. The response is 304 until something changes.',
    schema: TEXT,
  },
  IdempotencyKey: {
    name: IDEMPOTENCY_KEY,
    in: 'header',
    required: false,
    description:
      'Visible ASCII, for example a UUID. Repeating a call with the same key within 24 hours returns the first response and does nothing else. Another call with that key is refused with 409.',
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
  },
};

/** Headers of answers. */
export const HEADERS: Readonly<Record<string, Header>> = {
  'Last-Modified': {
    description:
      'Time at which this version was first seen. Absent if time alone changes the response, as with `active` of grants.',
    schema: TEXT,
  },
  'X-Page-Generated': {
    description: 'Value for `modified_since` in the next request.',
    schema: { type: 'string', format: 'date-time' },
  },
  ETag: { description: 'Identifies this version.', schema: TEXT },
  'Idempotent-Replayed': {
    description: 'Present if this is the response to an earlier call with the same key.',
    schema: { type: 'string', enum: ['true'] },
  },
  'WWW-Authenticate': {
    description:
      'How to authenticate; with 403 only if an access token is insufficient (RFC 6750).',
    schema: TEXT,
  },
  'Retry-After': { description: 'Seconds.', schema: { type: 'integer', minimum: 1 } },
};

/** The shapes of errors. */
export const ERROR_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  Error: {
    type: 'object',
    properties: { detail: { type: 'string' } },
    required: ['detail'],
    examples: [{ detail: 'Not found.' }],
  },
  FieldErrors: {
    type: 'object',
    description: 'Messages by field; those about the whole body are in `non_field_errors`.',
    additionalProperties: { type: 'array', items: { type: 'string' }, minItems: 1 },
    examples: [{ name: ['This field may not be blank.'] }],
  },
};

/** Answers that are errors, by name. */
export const ERRORS = {
  BadRequest: {
    description: 'Validation error.',
    content: {
      'application/json': {
        schema: { anyOf: [refer('schemas', 'Error'), refer('schemas', 'FieldErrors')] },
      },
    },
  },
  Unauthenticated: {
    ...problem('Missing, invalid or expired token.'),
    headers: { 'WWW-Authenticate': refer('headers', 'WWW-Authenticate') },
  },
  Forbidden: {
    ...problem('The token lacks a right or scope; the message names it.'),
    headers: { 'WWW-Authenticate': refer('headers', 'WWW-Authenticate') },
  },
  NotFound: problem('Not found.'),
  NotAcceptable: problem('No acceptable media type.'),
  Timeout: problem('No data was received, or the response was not read, for one minute.'),
  Outdated: problem('The object has another version. Nothing was changed; read it again.'),
  Conflict: problem(
    'The state of the object does not allow it, it changed meanwhile, or the key was used for another call.',
  ),
  TooLarge: problem('The body is larger than one megabyte (JSON Lines: 256 megabytes).'),
  UnsupportedMediaType: problem('The body must have the required media type, in UTF-8.'),
  Unavailable: {
    ...problem('Database unavailable. Try again after `Retry-After` seconds.'),
    headers: { 'Retry-After': refer('headers', 'Retry-After') },
  },
} satisfies Readonly<Record<string, Answer>>;

function problem(description: string): Answer {
  return { description, content: { 'application/json': { schema: refer('schemas', 'Error') } } };
}
