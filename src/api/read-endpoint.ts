import type { z } from 'zod';
import type { Tx } from '../db/transaction.ts';
import { found } from '../lib/errors.ts';
import { loadConditionally, readCondition } from './conditional.ts';
import type { ApiDeps, Component, Endpoint, OperationInfo } from './endpoint.ts';
import type { Right } from './operator.ts';
import { operatorEndpoint } from './operator-endpoint.ts';
import { type Param, paramsOf } from './route.ts';

/** One thing that can be read. */
export interface ReadEndpoint<T, S extends z.ZodType> extends OperationInfo {
  readonly path: string;
  readonly right: Right;
  readonly answer: Component<S>;
  /** The list that it is in, whose version is its own too. */
  readonly list: (param: Param) => string | undefined;
  readonly load: (tx: Tx, param: Param) => Promise<T | undefined>;
  readonly present: (one: T) => z.output<S>;
}

/** `GET` of one thing, with `Last-Modified`; 404 where it is not there. */
export function readEndpoint<T, S extends z.ZodType>(
  deps: ApiDeps,
  { path, right, answer, list, load, present, ...info }: ReadEndpoint<T, S>,
): Endpoint {
  return operatorEndpoint(
    deps,
    {
      ...info,
      method: 'get',
      path,
      demand: { right, access: 'read' },
      answers: [{ status: 200, description: info.summary, body: answer }],
      conditional: 'last-modified',
    },
    async ({ ctx }) => {
      const param = paramsOf(ctx);
      const { db } = deps.database;
      const condition = await readCondition(db, ctx, list(param));
      const one = await loadConditionally(db, ctx, condition, async (tx) =>
        found(await load(tx, param)),
      );
      if (one !== undefined) {
        ctx.body = present(one);
      }
      return 'not logged';
    },
  );
}
