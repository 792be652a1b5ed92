import {
  type Answer,
  lookUp,
  nameOf,
  type OpenApiDocument,
  type Operation,
  type Parameter,
} from '../api/openapi-document.ts';
import { type Translate, translator } from '../http/translate.ts';
import type { Locale } from '../lib/locale.ts';
import { curlExample } from './api-curl.ts';
import { fieldRows, schemaRow } from './api-rows.ts';
import { createProse, markUp } from './prose.ts';
import type { SiteText } from './texts.ts';
import type { ApiAnswer, ApiObject, ApiOperation, ApiProps } from './views.ts';

/** The reference of the JSON API in each language, made once from its description. */
export function presentApi(document: OpenApiDocument): Readonly<Record<Locale, ApiProps>> {
  return {
    en: apiProps(document, translator<SiteText>('en')),
    de: apiProps(document, translator<SiteText>('de')),
  };
}

function apiProps(document: OpenApiDocument, t: Translate<SiteText>): ApiProps {
  const { info, tags, paths, components } = document;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      tag: operation.tags[0],
      ...presentOperation(document, t, { method, path, operation }),
    })),
  );
  const objects = presentObjects(document, t);
  return {
    prose: createProse(t),
    conventions: info.description.split('\n\n').map(markUp),
    schemes: Object.entries(components.securitySchemes).map(([name, { description }]) => ({
      name,
      says: markUp(description),
    })),
    chapters: tags.map(({ name, description }) => ({
      id: slugOf(name),
      title: name,
      says: markUp(description),
      operations: operations.filter(({ tag }) => tag === name),
    })),
    objects,
  };
}

interface Placed {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

function presentOperation(
  document: OpenApiDocument,
  t: Translate<SiteText>,
  { method, path, operation }: Placed,
): ApiOperation {
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
    details: markUp(operation.description ?? ''),
    callers: operation.security.flatMap((one) =>
      Object.entries(one).map(([scheme, names]) => ({ scheme, names })),
    ),
    parameters: parameters.map((one) => parameterRow(one, t)),
    body: body && {
      types: Object.keys(operation.requestBody?.content ?? {}),
      fields: fieldRows(body, t),
    },
    answers: answers.filter(({ status }) => status < '400'),
    errors: answers.filter(({ status }) => status >= '400'),
    curl: curlExample({ issuer, method, path, operation, parameters, body }),
  };
}

function parameterRow(
  { name, in: place, required, description, schema }: Parameter,
  t: Translate<SiteText>,
) {
  return { ...schemaRow(name, { ...schema, description }, required, t), place };
}

/** A list is told of as a page of what is in it. */
function presentAnswer(status: string, { description, headers, content }: Answer): ApiAnswer {
  const schema = Object.values(content ?? {})[0]?.schema;
  const name = schema?.$ref === undefined ? '' : nameOf({ $ref: schema.$ref });
  const [, entry] = /^(\w+)List$/.exec(name) ?? [];
  return {
    status,
    says: markUp(description),
    headers: Object.keys(headers ?? {}),
    object: Number(status) < 400 && name !== '' ? (entry ?? name) : undefined,
    isList: entry !== undefined,
  };
}

/** What answers consist of; some are one of two. */
function presentObjects({ components }: OpenApiDocument, t: Translate<SiteText>): ApiObject[] {
  return Object.entries(components.schemas)
    .filter(([name]) => !name.endsWith('List') && !isBody(name))
    .map(([name, schema]) => ({
      name,
      says: markUp(schema.description ?? ''),
      variants: (schema.anyOf ?? [schema])
        .map((one) => fieldRows(one, t))
        .filter((rows) => rows.length > 0),
      example: JSON.stringify(schema.examples?.[0] ?? {}, null, 2),
    }));

  function isBody(name: string): boolean {
    return /(Body|Changes|Suspension|BulkLine)$/.test(name);
  }
}

function slugOf(title: string): string {
  return title.toLowerCase().replaceAll(' ', '-');
}
