import type { Context } from 'koa';
import type { z } from 'zod';
import type { Db } from '../db/database.ts';
import type { Slice, Sliced } from '../db/slice.ts';
import { inSnapshot, type Tx } from '../db/transaction.ts';
import { loadConditionally, readCondition } from './conditional.ts';
import type { ApiDeps, Component, Endpoint, OperationInfo } from './endpoint.ts';
import { listPage, type Page, pageComponent, pageParameters } from './list.ts';
import type { Right } from './operator.ts';
import { operatorEndpoint } from './operator-endpoint.ts';
import { readQuery } from './query.ts';
import { type Param, paramsOf } from './route.ts';

/** A list that can be read. */
export interface ListEndpoint<T, S extends z.ZodType, Q extends z.ZodObject> extends OperationInfo {
  readonly path: string;
  readonly right: Right;
  /** Filters and `ordering`. */
  readonly query: Q;
  readonly entry: Component<S>;
  readonly load: (tx: Tx, request: ListRequest<z.output<Q>>) => Promise<Sliced<T>>;
  readonly present: (entry: T) => z.output<S>;
  readonly conditional: Conditional<z.output<Q>>;
  /** Filters that are logged with the number of returned entries. Absent: the call is not logged. */
  readonly logged?: (query: z.output<Q>) => Readonly<Record<string, string | undefined>>;
}

/** Parameters of a list request. */
export interface ListRequest<Query> {
  readonly query: Query;
  readonly param: Param;
  readonly slice: Slice;
}

/** Support of `If-Modified-Since` by a list. */
export type Conditional<Query> =
  | {
      readonly by: 'last-modified';
      /** The list whose version counts; undefined where time alone changes what is asked for. */
      readonly list: (param: Param, query: Query) => string | undefined;
    }
  | {
      /** Its query has `modified_since`. */
      readonly by: 'page-generated';
      /** A moment: what is not seen from now on will turn out to be later. */
      readonly completeUntil: (db: Db) => Promise<Date>;
    }
  /** None: entries appear and end without a change that is counted. */
  | { readonly by: 'nothing' };

/** `GET` of a list, a page at a time. */
export function listEndpoint<T, S extends z.ZodType, Q extends z.ZodObject>(
  deps: ApiDeps,
  spec: ListEndpoint<T, S, Q>,
): Endpoint {
  const { path, right, query, entry, load, present, conditional, logged, ...info } = spec;
  return operatorEndpoint(
    deps,
    {
      ...info,
      method: 'get',
      path,
      demand: { right, access: 'read' },
      query: query.extend(pageParameters),
      answers: [{ status: 200, description: 'One page of the list.', body: pageComponent(entry) }],
      conditional: conditional.by === 'nothing' ? undefined : conditional.by,
    },
    async (call) => {
      const { ctx } = call;
      const param = paramsOf(ctx);
      const asked = readQuery(ctx, query);
      const answer = await fetch(deps, ctx, conditional, asked, (tx) =>
        listPage(
          deps.config.issuer,
          ctx,
          (slice) => load(tx, { query: asked, param, slice }),
          present,
        ),
      );
      if (answer !== undefined) {
        ctx.body = answer;
      }
      if (logged !== undefined) {
        const given = Object.entries(logged(asked)).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, value] as const],
        );
        const read = { filters: Object.fromEntries(given), entries: answer?.results.length ?? 0 };
        await deps.operators.countCall({ ...call.logged, status: ctx.status, read });
        return 'logged';
      }
      return 'not logged';
    },
  );
}

async function fetch<Query, P>(
  { database: { db } }: ApiDeps,
  ctx: Context,
  conditional: Conditional<Query>,
  query: Query,
  load: (tx: Tx) => Promise<Page<P>>,
): Promise<Page<P> | undefined> {
  if (conditional.by === 'last-modified') {
    const condition = await readCondition(db, ctx, conditional.list(paramsOf(ctx), query));
    return loadConditionally(db, ctx, condition, load);
  }
  if (conditional.by === 'nothing') {
    return inSnapshot(db, load);
  }
  // First: what is committed between this and the snapshot is seen, what is later is asked for again.
  const until = await conditional.completeUntil(db);
  const page = await inSnapshot(db, load);
  ctx.set('X-Page-Generated', until.toISOString());
  return page;
}
