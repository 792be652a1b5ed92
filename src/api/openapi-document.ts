import type { z } from 'zod';
import { ownValue } from '../lib/own-value.ts';

/** A schema of JSON Schema 2020-12, which OpenAPI 3.1 has for its own. */
export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** As much of OpenAPI 3.1 as this server says of itself. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: {
    readonly title: string;
    readonly version: string;
    readonly description: string;
    readonly license: { readonly name: string; readonly identifier: string };
  };
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  /** By path, and by method in lower case. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly responses: Readonly<Record<string, Answer>>;
    readonly parameters: Readonly<Record<string, Parameter>>;
    readonly headers: Readonly<Record<string, Header>>;
    readonly securitySchemes: Readonly<Record<string, SecurityScheme>>;
  };
}

/** One method of one path. */
export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  /** One of these is enough: a scheme, and the right or scope that the token has to have. */
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters: readonly (Parameter | Reference)[];
  readonly requestBody?: RequestBody;
  /** By status. */
  readonly responses: Readonly<Record<string, Answer | Reference>>;
}

/** A parameter of a path, a query or a header. */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description: string;
  readonly schema: JsonSchema;
  readonly example?: string;
}

/** Body of a request. */
export interface RequestBody {
  readonly required: boolean;
  readonly description?: string;
  readonly content: Content;
}

/** One answer. */
export interface Answer {
  readonly description: string;
  readonly headers?: Readonly<Record<string, Reference>>;
  readonly content?: Content;
}

/** A header of an answer. */
export interface Header {
  readonly description: string;
  readonly schema: JsonSchema;
}

/** With what a call is let in. */
export interface SecurityScheme {
  readonly type: string;
  readonly description: string;
  readonly in?: string;
  readonly name?: string;
  readonly scheme?: string;
}

/** The name of a component. A type, since a schema may be one too. */
export type Reference = { readonly $ref: string };

/** By media type. Of JSON Lines the schema is that of a line. */
export type Content = Readonly<Record<string, { readonly schema: JsonSchema | Reference }>>;

/** Refers to a component. */
export function refer(
  kind: 'schemas' | 'responses' | 'parameters' | 'headers',
  name: string,
): Reference {
  return { $ref: `#/components/${kind}/${name}` };
}

/** The name that a reference ends with. */
export function nameOf({ $ref }: Reference): string {
  return $ref.slice($ref.lastIndexOf('/') + 1);
}

/**
 * Returns an object, or the one that it refers to.
 * @throws Error if nothing has that name
 */
export function lookUp<T extends object>(
  named: Readonly<Record<string, T>>,
  one: T | Reference,
): T {
  if (!isReference(one)) {
    return one;
  }
  const found = ownValue(named, nameOf(one));
  if (found === undefined) {
    throw new Error(`There is no ${one.$ref}.`);
  }
  return found;
}

function isReference(value: object): value is Reference {
  return '$ref' in value;
}
