import type { Context } from 'koa';
import type { z } from 'zod';
import type { Config } from '../config.ts';
import type { Database } from '../db/database.ts';
import type { CallLog } from '../operators/call-log.ts';

/** What the endpoints of the management API stand on. */
export interface ApiDeps {
  readonly database: Database;
  readonly config: Pick<Config, 'issuer'>;
  /** The token of the configuration. Unset: only tokens that were made are good. */
  readonly operatorToken: string | undefined;
  readonly calls: CallLog;
  /** Aborted when the server stops: what takes long says so and ends. */
  readonly ending?: AbortSignal | undefined;
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
}

/** Gives a schema its name in the description. */
export function component<S extends z.ZodType>(name: string, schema: S): Component<S> {
  return { name, schema };
}

/** What an endpoint says of itself. Sentences are English, and are read by people. */
export interface Told {
  /** A verb and a noun: `listUsers`. */
  readonly id: string;
  /** The chapter that it belongs in. */
  readonly tag: Tag;
  readonly summary: string;
  readonly details?: string;
  /** The parameters of the path. */
  readonly params?: Readonly<Record<string, string>>;
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
  readonly conditional?: 'last-modified' | 'page-generated' | undefined;
}

/** With what a call is let in. */
export type Caller =
  | { readonly kind: 'operator'; readonly right: string }
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
