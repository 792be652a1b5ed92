import type { z } from 'zod';
import { ownValue } from '../lib/own-value.ts';

/** A schema of JSON Schema 2020-12, which OpenAPI 3.1 has for its own. */
export type JsonSchema = z.core.JSONSchema.BaseSchema;

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
