import type { OpenApiDocument } from '../api/openapi.ts';
import { type Answer, lookUp, nameOf, type Parameter } from '../api/openapi-document.ts';
import type { Operation } from '../api/openapi-operation.ts';
import type { Translate } from '../http/translate.ts';
import { ownValue } from '../lib/own-value.ts';
import { curlExample } from './api-curl.ts';
import { fieldRows, schemaRow } from './api-rows.ts';
import { highlight } from './highlight.ts';
import { renderInline } from './markdown.ts';
import type { SiteText } from './texts.ts';

/** The reference of the JSON API. Texts that are not messages are English; `says` is HTML. */
export type ApiReference = ReturnType<typeof presentReference>;

/** Operations about one thing, on a page of their own. */
export type ApiSection = ApiReference['sections'][number];

/** One operation of the JSON API. */
export type ApiOperation = ReturnType<typeof presentOperation>;

/** Presents the description of the API; links lead to the pages of the sections. */
export function presentReference(document: OpenApiDocument, t: Translate<SiteText>) {
  const { info, tags, paths, components } = document;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      tag: operation.tags[0] ?? '',
      ...presentOperation(document, t, { method, path, operation }),
    })),
  );
  const owners = new Map<string, string>();
  for (const { tag, answers } of operations) {
    for (const { object } of answers) {
      owners.set(object ?? '', owners.get(object ?? '') ?? tag);
    }
  }
  const objects = presentObjects(document, t);
  return {
    conventions: info.description.split('\n\n').map(renderInline),
    /** Ways to authenticate; `apidocs.scheme.<name>` names them. */
    schemes: Object.entries(components.securitySchemes).map(([name, { description }]) => ({
      name,
      says: renderInline(description),
    })),
    sections: tags.map(({ name, description }) => ({
      id: slugOf(name),
      title: name,
      says: renderInline(description),
      operations: operations.filter(({ tag }) => tag === name),
      /** Objects in the responses, each in one section only. */
      objects: objects.filter((object) => owners.get(object.name) === name),
    })),
    /** Objects that no section has: those of errors. */
    objects: objects.filter(({ name }) => !owners.has(name)),
  };
}

function presentOperation(
  document: OpenApiDocument,
  t: Translate<SiteText>,
  { method, path, operation }: { method: string; path: string; operation: Operation },
) {
  const { schemas, parameters: known, responses } = document.components;
  const parameters = operation.parameters.map((one) => lookUp(known, one));
  const schema = Object.values(operation.requestBody?.content ?? {})[0]?.schema;
  const body = schema && lookUp(schemas, schema);
  const [issuer = ''] = document.servers.map(({ url }) => url);
  const answers = Object.entries(operation.responses).map(([status, answer]) =>
    presentAnswer(status, lookUp(responses, answer)),
  );
  return {
    id: operation.operationId,
    method: method.toUpperCase(),
    path,
    summary: operation.summary,
    details: renderInline(operation.description ?? ''),
    /** Alternatives, with rights or scopes. An empty list: public. No names: any token. */
    callers: operation.security.flatMap((one) =>
      Object.entries(one).map(([scheme, names]) => ({ scheme, names })),
    ),
    /** `apidocs.place.<place>` names the place. */
    parameters: parameters.map((one) => parameterRow(one, t)),
    body: body && {
      types: Object.keys(operation.requestBody?.content ?? {}),
      fields: fieldRows(body, t),
    },
    /** HTML, as `curl`. Undefined if the response has no body. */
    example: exampleOf(document, operation),
    answers: answers.filter(({ status }) => status < '400'),
    errors: answers.filter(({ status }) => status >= '400'),
    curl: highlight(curlExample({ issuer, method, path, operation, parameters, body }), 'bash'),
  };
}

function parameterRow(
  { name, in: place, required, description, schema }: Parameter,
  t: Translate<SiteText>,
) {
  return { ...schemaRow(name, { ...schema, description }, required, t), place };
}

/** The response of a list is described as a page of its items. */
function presentAnswer(status: string, { description, headers, content }: Answer) {
  const schema = Object.values(content ?? {})[0]?.schema;
  const name = schema?.$ref === undefined ? '' : nameOf({ $ref: schema.$ref });
  const [, entry] = /^(\w+)List$/.exec(name) ?? [];
  return {
    status,
    says: renderInline(description),
    headers: Object.keys(headers ?? {}),
    /** Name of the object in the response. */
    object: Number(status) < 400 && name !== '' ? (entry ?? name) : undefined,
    isList: entry !== undefined,
  };
}

/** Returns the response of an operation that succeeds, as HTML. */
function exampleOf({ components }: OpenApiDocument, { responses }: Operation): string | undefined {
  const [answer] = Object.entries(responses).flatMap(([status, one]) =>
    status < '400' ? [lookUp(components.responses, one)] : [],
  );
  const schema = Object.values(answer?.content ?? {})[0]?.schema;
  const name = schema?.$ref === undefined ? '' : nameOf({ $ref: schema.$ref });
  const entry = name.replace(/List$/, '');
  const [value] = ownValue(components.schemas, entry)?.examples ?? [];
  if (value === undefined) {
    return undefined;
  }
  const list = { count: 1, next: null, previous: null, results: [value] };
  return highlight(JSON.stringify(entry === name ? value : list, null, 2), 'json');
}

/** Presents the objects that responses consist of; some are one of two schemas. */
function presentObjects({ components, paths }: OpenApiDocument, t: Translate<SiteText>) {
  const inResponses = JSON.stringify([
    components.responses,
    Object.values(paths).flatMap((methods) => Object.values(methods).map((one) => one.responses)),
  ]);
  return Object.entries(components.schemas)
    .filter(
      ([name]) =>
        !name.endsWith('List') &&
        ['', 'List'].some((end) => inResponses.includes(`"#/components/schemas/${name}${end}"`)),
    )
    .map(([name, schema]) => ({
      name,
      says: renderInline(schema.description ?? ''),
      /** Fields of each alternative; mostly there is one. */
      variants: (schema.anyOf ?? [schema])
        .map((one) => fieldRows(one, t))
        .filter((rows) => rows.length > 0),
      example: highlight(JSON.stringify(schema.examples?.[0] ?? {}, null, 2), 'json'),
    }));
}

function slugOf(title: string): string {
  return title.toLowerCase().replaceAll(' ', '-');
}
