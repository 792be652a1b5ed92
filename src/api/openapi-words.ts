import type { Tag } from './endpoint.ts';
import { IDEMPOTENCY_KEY } from './idempotency.ts';
import {
  type Answer,
  type Header,
  type JsonSchema,
  type Parameter,
  refer,
  type SecurityScheme,
} from './openapi-document.ts';

/** Conventions of all endpoints, one paragraph each. */
export const CONVENTIONS: readonly string[] = [
  'The platform provisions its directory here, registers applications and API services, and reads grants and the log. Applications ask here whose token they have and what it opens.',
  'The OAuth endpoints (`/api/v1/oauth/`) are not part of this description: they follow their RFCs, and `/.well-known/oauth-authorization-server` says where they are (RFC 8414).',
  'A list comes in pages of 50: `count`, `next`, `previous`, `results`. Query parameters filter and order it; of one that is there several times the last counts, and unknown ones are ignored. A page that there is not is 404.',
  'Bodies are JSON objects in UTF-8, of at most one megabyte; unknown fields are ignored. The import of a whole directory takes JSON Lines instead, of at most 256. Times are ISO 8601 with a time zone. A text in several languages is an object of language tag to string; a plain string is taken too.',
  'An error is `{"detail": "…"}`, or says by field what is wrong: `{"name": ["This field may not be blank."]}`. A path that there is not is 404, a method that a path has not is 405 with `Allow`. HEAD goes wherever GET does. A slash at the end of a path makes no difference.',
  'Conditional fetching: most answers have `Last-Modified`. Sent back as `If-Modified-Since`, the answer is 304 as long as nothing has changed; for a second after a change it may be the whole answer again. The log is never changed, only longer, and has `X-Page-Generated` instead: sent back as `modified_since`, the answer is what has happened since.',
  'Each call with an operator token is in the log. A POST can have an `Idempotency-Key`, so that it can be sent again after a lost answer; PUT and DELETE need none.',
  'New fields in answers are a compatible change. Fields that go, or that get another type, are not.',
];

/** Chapters of the reference, in their order. */
export const TAGS: Readonly<Record<Tag, string>> = {
  Users: "The people who sign in. Their ids are the platform's own.",
  'Organizers and teams': 'The tenants of the platform, and who may do what there.',
  Applications: 'What developers have registered: OAuth clients.',
  'Resource servers': 'The API services of the platform, which introspect access tokens.',
  Grants: 'What users have allowed applications.',
  Log: 'What has happened, and who did it.',
  'Operator tokens': 'Who may call this API, and for what.',
  'For applications': 'What an application may ask with its access token.',
  Description: 'This description.',
};

/** With what a call is let in. */
export const SECURITY_SCHEMES: Readonly<Record<string, SecurityScheme>> = {
  operatorToken: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description:
      '`Authorization: Token sdo_…`, with an operator token that has the right which is named.',
  },
  accessToken: {
    type: 'http',
    scheme: 'bearer',
    description:
      'An access token with the scope that is named. One that is bound to a key comes as `Authorization: DPoP …` with a proof in the header `DPoP` (RFC 9449).',
  },
};

const TEXT: JsonSchema = { type: 'string' };

/** Headers of requests that several endpoints heed. */
export const PARAMETERS: Readonly<Record<string, Parameter>> = {
  IfModifiedSince: {
    name: 'If-Modified-Since',
    in: 'header',
    required: false,
    description: 'The `Last-Modified` of the last answer: 304 as long as nothing has changed.',
    schema: TEXT,
  },
  IfNoneMatch: {
    name: 'If-None-Match',
    in: 'header',
    required: false,
    description: 'The `ETag` of the last answer: 304 as long as nothing has changed.',
    schema: TEXT,
  },
  IdempotencyKey: {
    name: IDEMPOTENCY_KEY,
    in: 'header',
    required: false,
    description:
      'Visible ASCII, such as a UUID. The same call with the same key within 24 hours is carried out once and gets the first answer again. Another call with that key is refused with 409.',
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
  },
};

/** Headers of answers. */
export const HEADERS: Readonly<Record<string, Header>> = {
  'Last-Modified': {
    description:
      'When this version was first seen. Absent where time alone changes the answer, as with `active` of the grants.',
    schema: TEXT,
  },
  'X-Page-Generated': {
    description: 'What to send as `modified_since` the next time.',
    schema: { type: 'string', format: 'date-time' },
  },
  ETag: { description: 'Names this version.', schema: TEXT },
  'Idempotent-Replayed': {
    description: 'There where this is the answer to an earlier call with the same key.',
    schema: { type: 'string', enum: ['true'] },
  },
  'WWW-Authenticate': {
    description:
      'How to authenticate; with 403 only where an access token lacks something (RFC 6750).',
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
    description: 'What is wrong, by field; with the body as a whole, as `non_field_errors`.',
    additionalProperties: { type: 'array', items: { type: 'string' }, minItems: 1 },
    examples: [{ name: ['This field may not be blank.'] }],
  },
};

/** Answers that are errors, by name. */
export const ERRORS = {
  BadRequest: {
    description: 'Something does not fit: by field, or in a sentence.',
    content: {
      'application/json': {
        schema: { anyOf: [refer('schemas', 'Error'), refer('schemas', 'FieldErrors')] },
      },
    },
  },
  Unauthenticated: {
    ...problem('No token, or one that is not valid, or no more.'),
    headers: { 'WWW-Authenticate': refer('headers', 'WWW-Authenticate') },
  },
  Forbidden: {
    ...problem('The token is valid, but not good for this; the sentence says what it lacks.'),
    headers: { 'WWW-Authenticate': refer('headers', 'WWW-Authenticate') },
  },
  NotFound: problem('There is no such thing, or no such page.'),
  NotAcceptable: problem('`Accept` rules out what the answers are.'),
  Timeout: problem('Nothing has come for a minute, or nobody has read the answer for as long.'),
  Outdated: problem('It has another version by now. Nothing was changed; read it again.'),
  Conflict: problem(
    'Something else happened at the same time, or the key was used for another call.',
  ),
  TooLarge: problem('The body is longer than a megabyte; of JSON Lines, than 256.'),
  UnsupportedMediaType: problem('The body has to be of the media type that is named, in UTF-8.'),
  Unavailable: {
    ...problem('The database is away. Try again after `Retry-After` seconds.'),
    headers: { 'Retry-After': refer('headers', 'Retry-After') },
  },
} satisfies Readonly<Record<string, Answer>>;

function problem(description: string): Answer {
  return { description, content: { 'application/json': { schema: refer('schemas', 'Error') } } };
}
