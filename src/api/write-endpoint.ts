import type { Context } from 'koa';
import { z } from 'zod';
import { inTransaction, type Tx } from '../db/transaction.ts';
import {
  type ApiDeps,
  type Component,
  component,
  type Endpoint,
  type Method,
  type OperationInfo,
} from './endpoint.ts';
import { parseFields } from './fields.ts';
import { idempotencyKeyOf, runIdempotent } from './idempotency.ts';
import { type JsonBody, readJson } from './json-body.ts';
import type { Demand, Operator, OperatorAccess } from './operator.ts';
import { type AdmittedCall, type Logged, operatorEndpoint } from './operator-endpoint.ts';
import { readQuery } from './query.ts';
import type { StoredResponse } from './replay-or-run.ts';
import { type Param, paramsOf } from './route.ts';

/** Description of an endpoint that changes something. */
export interface WriteEndpoint<B extends z.ZodObject, S extends z.ZodType> extends OperationInfo {
  readonly method: Exclude<Method, 'get'>;
  readonly path: string;
  readonly right: Demand['right'];
  /** Parameters that `run` reads. */
  readonly query?: z.ZodObject;
  readonly body: Component<B>;
  /** None with 204. */
  readonly answer?: Component<S>;
  /** Description of each status. */
  readonly statuses: Readonly<Partial<Record<Status, string>>>;
  /** `run` may end the caller's own token, so it checks itself that the token is live. */
  readonly endsTokens?: boolean;
  readonly run: (call: WriteCall<z.output<B>>) => Promise<Outcome<z.output<S>>>;
}

type Status = 200 | 201 | 204;

/** Input of a change. */
export interface WriteCall<Body> {
  /** The change, its log entries and the entry of the call are written in this. */
  readonly tx: Tx;
  readonly operator: Operator;
  readonly actor: Operator['actor'];
  readonly param: Param;
  /** Reads the query by a schema. */
  readonly query: <Q extends z.ZodObject>(schema: Q) => z.output<Q>;
  readonly body: Body;
}

/** Result of a change. */
export interface Outcome<A> {
  readonly status: Status;
  readonly answer?: A;
  /** False: all was so already. Such a call is counted in the log, as reading is. */
  readonly changed?: boolean;
}

/** Empty body. */
export const nothing = component('Nothing', z.object({}), {});

/**
 * A change, in one transaction with what the log says of it. A POST with an `Idempotency-Key` is
 * carried out once.
 */
export function writeEndpoint<B extends z.ZodObject, S extends z.ZodType>(
  deps: ApiDeps,
  spec: WriteEndpoint<B, S>,
): Endpoint {
  const { method, path, right, body, answer, statuses, run, endsTokens, ...info } = spec;
  return operatorEndpoint(
    deps,
    {
      ...info,
      method,
      path,
      demand: { right, access: 'write' },
      body: body.name === nothing.name ? undefined : body,
      idempotent: method === 'post',
      answers: ([200, 201, 204] as const)
        .filter((status) => statuses[status] !== undefined)
        .map((status) => ({
          status,
          description: statuses[status] ?? '',
          ...(answer === undefined || status === 204 ? {} : { body: answer }),
        })),
    },
    async (call) => {
      const { ctx } = call;
      const key = method === 'post' ? idempotencyKeyOf(ctx) : undefined;
      const { value, bytes } = await readGiven(ctx, method, body.schema);
      let logged: Logged = 'not logged';
      const work = async (tx: Tx) => {
        const outcome = await carryOut(tx, deps.operators, call, run, value);
        logged = outcome.changed === false ? 'not logged' : 'logged';
        if (!endsTokens) {
          await deps.operators.requireLiveToken(tx, call.operator);
        }
        return { status: outcome.status, body: outcome.answer };
      };
      const { db } = deps.database;
      if (key === undefined) {
        respond(ctx, await inTransaction(db, work));
        return logged;
      }
      const { answer: kept, repeated } = await runIdempotent(db, call, key, bytes, work);
      if (repeated) {
        ctx.set('Idempotent-Replayed', 'true');
      }
      respond(ctx, kept);
      return logged;
    },
  );
}

/** A change without body and answer. */
type DeleteEndpoint = Omit<
  WriteEndpoint<typeof nothing.schema, z.ZodType>,
  'method' | 'body' | 'answer' | 'statuses' | 'run'
> & {
  /** Description of the response. */
  readonly deleted: string;
  readonly run: (call: WriteCall<object>) => Promise<void>;
};

/** A deletion, which is answered with 204. */
export function deleteEndpoint(deps: ApiDeps, { deleted, run, ...info }: DeleteEndpoint): Endpoint {
  return writeEndpoint(deps, {
    ...info,
    method: 'delete',
    body: nothing,
    statuses: { 204: deleted },
    run: async (call) => {
      await run(call);
      return { status: 204 };
    },
  });
}

async function readGiven<B extends z.ZodObject>(
  ctx: Context,
  method: Method,
  schema: B,
): Promise<JsonBody<z.output<B>>> {
  return method === 'delete'
    ? { value: parseFields(schema, {}), bytes: new Uint8Array() }
    : readJson(ctx, schema);
}

function respond(ctx: Context, { status, body }: StoredResponse): void {
  ctx.status = status;
  ctx.body = body ?? null;
}

async function carryOut<Body, A>(
  tx: Tx,
  operators: OperatorAccess,
  { ctx, operator, logged }: AdmittedCall,
  run: (call: WriteCall<Body>) => Promise<Outcome<A>>,
  body: Body,
): Promise<Outcome<A>> {
  const { actor } = operator;
  const query = <Q extends z.ZodObject>(schema: Q) => readQuery(ctx, schema);
  const outcome = await run({ tx, operator, actor, param: paramsOf(ctx), query, body });
  if (outcome.changed !== false) {
    await operators.recordCall(tx, { ...logged, status: outcome.status });
  }
  return outcome;
}
