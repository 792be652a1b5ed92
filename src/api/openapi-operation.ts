import type { Caller, Component, Endpoint, EndpointDescription } from './endpoint.ts';
import {
  type Answer,
  type Parameter,
  type Reference,
  type RequestBody,
  refer,
} from './openapi-document.ts';
import { describeFields, isOptional } from './openapi-schemas.ts';
import type { ERRORS } from './openapi-words.ts';

type Responses = Record<string, Answer | Reference>;

/** One method of one path. */
export type Operation = ReturnType<typeof describeOperation>;

/** Describes an endpoint in OpenAPI. */
export function describeOperation({ method, description }: Endpoint) {
  const { id, tag, summary, details, body } = description;
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(details === undefined ? {} : { description: details }),
    /** One of these is enough: a scheme, and the right or scope that the token has to have. */
    security: securityOf(description.caller),
    parameters: [
      ...pathParameters(description),
      ...queryParameters(description),
      ...headerParameters(description),
    ],
    ...(body === undefined ? {} : { requestBody: requestBodyOf(body, description.bodyTypes) }),
    /** By status. */
    responses: {
      ...goodAnswers(description),
      ...errorAnswers(description, method),
    },
  };
}

function securityOf(caller: Caller): Record<string, string[]>[] {
  switch (caller.kind) {
    case 'operator':
      return caller.rights.length === 0
        ? [{ operatorToken: [] }]
        : caller.rights.map((right) => ({ operatorToken: [right] }));
    case 'bearer':
      return caller.scopes.map((scope) => ({ accessToken: [scope] }));
    case 'anybody':
      return [];
  }
}

function pathParameters({ params = {} }: EndpointDescription): Parameter[] {
  return Object.entries(params).map(([name, { description, example }]) => ({
    name,
    in: 'path',
    required: true,
    description,
    schema: { type: 'string' },
    example,
  }));
}

function queryParameters({ query }: EndpointDescription): Parameter[] {
  return Object.entries(query === undefined ? {} : describeFields(query)).map(
    ([name, { description = '', ...schema }]) => ({
      name,
      in: 'query',
      required: false,
      description,
      schema,
    }),
  );
}

function headerParameters({ conditional, idempotent }: EndpointDescription): Reference[] {
  return [
    ...(conditional === 'last-modified' ? [refer('parameters', 'IfModifiedSince')] : []),
    ...(conditional === 'etag' ? [refer('parameters', 'IfNoneMatch')] : []),
    ...(idempotent === true ? [refer('parameters', 'IdempotencyKey')] : []),
  ];
}

function requestBodyOf(
  { name, schema }: NonNullable<EndpointDescription['body']>,
  types?: readonly string[],
): RequestBody {
  return {
    required: !isOptional(schema),
    ...(types === undefined ? {} : { description: LINES }),
    content: contentOf({ name }, types),
  };
}

function goodAnswers(description: EndpointDescription): Responses {
  const headers = headersOf(description);
  const answers = description.answers.map(
    ({ status, description: text, body }): [string, Answer] => [
      String(status),
      {
        description: description.answerTypes === undefined ? text : `${text} ${LINES}`,
        ...headers,
        ...(body === undefined ? {} : { content: contentOf(body, description.answerTypes) }),
      },
    ],
  );
  const { conditional } = description;
  return {
    ...Object.fromEntries(answers),
    ...(conditional === 'last-modified' || conditional === 'etag'
      ? { 304: { description: 'Nothing has changed. No body.', ...headers } }
      : {}),
  };
}

function headersOf({ conditional, idempotent }: EndpointDescription): Pick<Answer, 'headers'> {
  const names = [
    ...(conditional === 'last-modified' ? ['Last-Modified'] : []),
    ...(conditional === 'page-generated' ? ['X-Page-Generated'] : []),
    ...(conditional === 'etag' ? ['ETag'] : []),
    ...(idempotent === true ? ['Idempotent-Replayed'] : []),
  ];
  return names.length === 0
    ? {}
    : { headers: Object.fromEntries(names.map((name) => [name, refer('headers', name)])) };
}

function errorAnswers(
  {
    caller,
    params = {},
    query,
    bodyTypes,
    versioned = false,
    conflicts = false,
  }: EndpointDescription,
  method: Endpoint['method'],
): Responses {
  const reads = method !== 'get' && method !== 'delete';
  const authenticated = caller.kind !== 'anybody';
  // PUT makes what the last parameter names.
  const lookedUp = Object.keys(params).length - (method === 'put' ? 1 : 0);
  const errors: readonly [number, boolean, keyof typeof ERRORS][] = [
    [400, reads || query !== undefined, 'BadRequest'],
    [401, authenticated, 'Unauthenticated'],
    [403, authenticated, 'Forbidden'],
    [404, lookedUp > 0 || query?.shape.page !== undefined, 'NotFound'],
    [406, true, 'NotAcceptable'],
    [408, bodyTypes !== undefined, 'Timeout'],
    [409, reads || conflicts, 'Conflict'],
    [412, versioned, 'Outdated'],
    [413, reads, 'TooLarge'],
    [415, reads, 'UnsupportedMediaType'],
    [503, authenticated, 'Unavailable'],
  ];
  return Object.fromEntries(
    errors
      .filter(([, possible]) => possible)
      .map(([status, , name]) => [status, refer('responses', name)]),
  );
}

/** OpenAPI 3.1 has no word for it: the schema is that of a line. */
const LINES = 'JSON Lines, each of this schema.';

function contentOf({ name }: Pick<Component, 'name'>, types: readonly string[] = [JSON_TYPE]) {
  return Object.fromEntries(types.map((type) => [type, { schema: refer('schemas', name) }]));
}

const JSON_TYPE = 'application/json';
