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

/** An operation of the JSON API: where it is mounted, what it does, and what is told of it. */
export interface Endpoint {
  readonly method: Method;
  /** Below `/api/v1`, as the router writes it: `/users/:id`. */
  readonly path: string;
  readonly description: EndpointDescription;
  readonly handle: (ctx: Context) => Promise<void>;
}

/** HTTP methods of the API; HEAD goes with GET. */
export type Method = 'get' | 'put' | 'post' | 'patch' | 'delete';

/** A schema that the machine-readable description names. */
export interface Component<S extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly schema: S;
  readonly example: z.input<S>;
  /** What it is a list of, which has a name of its own too. */
  readonly entry?: Component;
}

/** Gives a schema its name in the description, and something that fits it. */
export function component<S extends z.ZodType>(
  name: string,
  schema: S,
  example: z.input<S>,
): Component<S> {
  return { name, schema, example };
}

/** What an endpoint says of itself. Sentences are English, and are read by people. */
export interface Told {
  /** A verb and a noun: `listUsers`. */
  readonly id: string;
  /** The chapter that it belongs in. */
  readonly tag: Tag;
  readonly summary: string;
  readonly details?: string;
  /** The body states a version; if that is no longer the current one, the answer is 412. */
  readonly versioned?: boolean;
  /** The parameters of the path, by name. */
  readonly params?: Readonly<Record<string, ParamDescription>>;
}

/** What is told of a parameter of a path. */
export interface ParamDescription {
  readonly says: string;
  readonly example: string;
}

/** The chapters of the description. */
export type Tag =
  | 'Users'
  | 'Organizers and teams'
  | 'Applications'
  | 'Resource servers'
  | 'Grants'
  | 'Log'
  | 'Operator tokens'
  | 'For applications'
  | 'Description';

/** All that the description of the API is made from. */
export interface EndpointDescription extends Told {
  /** Who may call it. */
  readonly caller: Caller;
  readonly query?: z.ZodObject;
  readonly body?: Component<z.ZodObject> | undefined;
  /** Media types of the body, the recommended one first. Absent: JSON. JSON Lines: `body` is a line. */
  readonly bodyTypes?: readonly string[];
  /** The same of the answers that are no errors. */
  readonly answerTypes?: readonly string[];
  readonly answers: readonly AnswerDescription[];
  /** Whether an `Idempotency-Key` is heeded. */
  readonly idempotent?: boolean;
  /** What the answer can be fetched conditionally by. */
  readonly conditional?: 'last-modified' | 'page-generated' | 'etag' | undefined;
}

/** With what a call is let in. */
export type Caller =
  /** One of these rights is enough; none: any token is. */
  | { readonly kind: 'operator'; readonly rights: readonly Right[] }
  /** One of these scopes is enough. */
  | { readonly kind: 'bearer'; readonly scopes: readonly string[] }
  | { readonly kind: 'anybody' };

/** One of the answers that are no errors. */
export interface AnswerDescription {
  readonly status: 200 | 201 | 204;
  readonly says: string;
  /** Absent: without a body. */
  readonly body?: Component;
}

/** The path as the description and the log write it: `/api/v1/users/{id}/`. */
export function pathTemplate(path: string): string {
  const template = `/api/v1${path.replace(/:(\w+)/g, '{$1}')}`;
  return /\.json$|\/me$/.test(template) ? template : `${template}/`;
}
