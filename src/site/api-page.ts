import {
  type Answer,
  lookUp,
  nameOf,
  type OpenApiDocument,
  type Operation,
  type Parameter,
} from '../api/openapi-document.ts';
import type { Page } from '../http/page.ts';
import { type Translate, translator } from '../http/translate.ts';
import { view } from '../http/view.ts';
import { curlExample } from './api-curl.ts';
import { type ApiRow, fieldRows, schemaRow } from './api-rows.ts';
import type { ChosenSamples } from './chosen-samples.ts';
import { type GuidePart, presentDocument } from './guide.ts';
import { readGuide } from './guide-document.ts';
import { highlight } from './highlight.ts';
import { renderInline } from './markdown.ts';
import { type SiteDeps, staticPage } from './site-page.ts';
import type { SiteText } from './texts.ts';

/** Props of the reference. Texts that are not messages are English; `says` is HTML. */
export interface ApiProps {
  readonly title: string;
  /** HTML. */
  readonly lead: string;
  readonly intro: readonly GuidePart[];
  readonly conventions: readonly string[];
  /** Ways to authenticate; `apidocs.scheme.<name>` names them. */
  readonly schemes: readonly { readonly name: string; readonly says: string }[];
  readonly chapters: readonly {
    readonly id: string;
    readonly title: string;
    readonly says: string;
    readonly operations: readonly ApiOperation[];
  }[];
  readonly objects: readonly ApiObject[];
}

/** One operation of the JSON API. */
interface ApiOperation {
  readonly id: string;
  /** In capitals. */
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly details: string;
  /** Alternatives, with rights or scopes. An empty list: public. No names: any token. */
  readonly callers: readonly { readonly scheme: string; readonly names: readonly string[] }[];
  /** `apidocs.place.<place>` names the place. */
  readonly parameters: readonly (ApiRow & { readonly place: string })[];
  readonly body:
    | { readonly types: readonly string[]; readonly fields: readonly ApiRow[] }
    | undefined;
  readonly answers: readonly ApiAnswer[];
  readonly errors: readonly ApiAnswer[];
  readonly curl: string;
}

/** A response of an operation. */
interface ApiAnswer {
  readonly status: string;
  readonly says: string;
  readonly headers: readonly string[];
  /** Name of the object in the response. */
  readonly object: string | undefined;
  readonly isList: boolean;
}

/** An object in responses. */
interface ApiObject {
  readonly name: string;
  readonly says: string;
  /** Fields of each alternative; mostly there is one. */
  readonly variants: readonly (readonly ApiRow[])[];
  readonly example: string;
}

const apiView = view<ApiProps & ChosenSamples>('docs/api');

/** The reference of the JSON API, generated from its OpenAPI description. */
export function apiPage(document: () => OpenApiDocument): Page<SiteDeps> {
  return staticPage('/docs/api', apiView, (locale) => {
    const { title, lead, intro } = presentDocument(readGuide('api', locale, { values: {} }), {});
    return { title, lead, intro, ...presentReference(document(), translator<SiteText>(locale)) };
  });
}

function presentReference(
  document: OpenApiDocument,
  t: Translate<SiteText>,
): Omit<ApiProps, 'title' | 'lead' | 'intro'> {
  const { info, tags, paths, components } = document;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      tag: operation.tags[0],
      ...presentOperation(document, t, { method, path, operation }),
    })),
  );
  const objects = presentObjects(document, t);
  return {
    conventions: info.description.split('\n\n').map(renderInline),
    schemes: Object.entries(components.securitySchemes).map(([name, { description }]) => ({
      name,
      says: renderInline(description),
    })),
    chapters: tags.map(({ name, description }) => ({
      id: slugOf(name),
      title: name,
      says: renderInline(description),
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
    details: renderInline(operation.description ?? ''),
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
function presentAnswer(status: string, { description, headers, content }: Answer): ApiAnswer {
  const schema = Object.values(content ?? {})[0]?.schema;
  const name = schema?.$ref === undefined ? '' : nameOf({ $ref: schema.$ref });
  const [, entry] = /^(\w+)List$/.exec(name) ?? [];
  return {
    status,
    says: renderInline(description),
    headers: Object.keys(headers ?? {}),
    object: Number(status) < 400 && name !== '' ? (entry ?? name) : undefined,
    isList: entry !== undefined,
  };
}

/** Lists the objects that responses consist of; some are one of two schemas. */
function presentObjects({ components }: OpenApiDocument, t: Translate<SiteText>): ApiObject[] {
  return Object.entries(components.schemas)
    .filter(([name]) => !name.endsWith('List') && !isBody(name))
    .map(([name, schema]) => ({
      name,
      says: renderInline(schema.description ?? ''),
      variants: (schema.anyOf ?? [schema])
        .map((one) => fieldRows(one, t))
        .filter((rows) => rows.length > 0),
      example: highlight(JSON.stringify(schema.examples?.[0] ?? {}, null, 2), 'json'),
    }));

  function isBody(name: string): boolean {
    return /(Body|Changes|Suspension|BulkLine)$/.test(name);
  }
}

function slugOf(title: string): string {
  return title.toLowerCase().replaceAll(' ', '-');
}
