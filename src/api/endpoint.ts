import type { Context } from 'koa';
import type { z } from 'zod';
import type { Config } from '../config/config.ts';
import type { Database } from '../db/database.ts';
import type { OperatorAccess, Right } from './operator.ts';

/** Dependencies of the endpoints of the management API. */
export interface ApiDeps {
  readonly database: Database;
  readonly config: Pick<Config, 'issuer'>;
  readonly operators: OperatorAccess;
  /** Aborted when the server stops; long operations report it and end. */
  readonly ending?: AbortSignal | undefined;
  /** Time limit of an atomic import in milliseconds; undefined: none. */
  readonly atomicImportLimit?: number | undefined;
}

/** An operation of the JSON API: its route, its handler and its description. */
export interface Endpoint {
  readonly method: Method;
  /** Below `/api/v1`, as the router writes it: `/users/:id`. */
  readonly path: string;
  readonly description: EndpointDescription;
  readonly handle: (ctx: Context) => Promise<void>;
}

/** HTTP methods of the API; HEAD goes with GET. */
export type Method = 'get' | 'put' | 'post' | 'patch' | 'delete';

/** A schema with a name in `openapi.json`. */
export interface Component<S extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly schema: S;
  readonly example: z.input<S>;
  /** Component of the list's entries. */
  readonly entry?: Component;
}

/** Names a schema and gives it a valid example. */
export function component<S extends z.ZodType>(
  name: string,
  schema: S,
  example: z.input<S>,
): Component<S> {
  return { name, schema, example };
}

/** Documentation of an operation: English sentences for `openapi.json` and the command line. */
export interface OperationInfo {
  /** A verb and a noun: `listUsers`. */
  readonly id: string;
  readonly tag: Tag;
  readonly summary: string;
  readonly details?: string;
  /** The body states a version; if that is no longer the current one, the answer is 412. */
  readonly versioned?: boolean;
  /** The state of the object may not allow the call; then the answer is 409. */
  readonly conflicts?: boolean;
  /** The parameters of the path, by name. */
  readonly params?: Readonly<Record<string, ParamDescription>>;
}

/** Documentation of a path parameter. */
export interface ParamDescription {
  readonly description: string;
  readonly example: string;
}

/** Sections of the API reference. */
export type Tag =
  | 'Users'
  | 'Organizers and teams'
  | 'Applications'
  | 'Resource servers'
  | 'Grants'
  | 'Log'
  | 'Operator tokens'
  | 'Maintenance'
  | 'For applications'
  | 'Description';

/** Source of an operation in `openapi.json`. */
export interface EndpointDescription extends OperationInfo {
  /** Callers that the endpoint admits. */
  readonly caller: Caller;
  readonly query?: z.ZodObject;
  readonly body?: Component<z.ZodObject> | undefined;
  /** Media types of the body, the recommended one first. Absent: JSON. JSON Lines: `body` is a line. */
  readonly bodyTypes?: readonly string[];
  /** Media types of successful responses, the recommended one first. Absent: JSON. */
  readonly answerTypes?: readonly string[];
  readonly answers: readonly AnswerDescription[];
  /** True if `Idempotency-Key` is supported. */
  readonly idempotent?: boolean;
  /** Kind of conditional request that the operation supports. */
  readonly conditional?: 'last-modified' | 'page-generated' | 'etag' | undefined;
}

/** Authentication that a call needs. */
export type Caller =
  /** One of these rights is enough; none: any token is. */
  | { readonly kind: 'operator'; readonly rights: readonly Right[] }
  /** One of these scopes is enough. */
  | { readonly kind: 'bearer'; readonly scopes: readonly string[] }
  | { readonly kind: 'anybody' };

/** Documentation of a successful response. */
export interface AnswerDescription {
  readonly status: 200 | 201 | 204;
  readonly description: string;
  /** Absent if the response has no body. */
  readonly body?: Component;
}

/** Returns the path as `openapi.json` and the log write it: `/api/v1/users/{id}/`. */
export function pathTemplate(path: string): string {
  const template = `/api/v1${path.replace(/:(\w+)/g, '{$1}')}`;
  return /\.json$|\/me$/.test(template) ? template : `${template}/`;
}
