import { z } from 'zod';
import { type ApiDeps, component, type Endpoint } from '../api/endpoint.ts';
import { refuseIdempotencyKey } from '../api/idempotency.ts';
import { readJson } from '../api/json-body.ts';
import { operatorEndpoint } from '../api/operator-endpoint.ts';
import type { JobConfig } from './jobs.ts';
import { countPrunable, prune } from './prune.ts';

const pruneBody = component(
  'Prune',
  z.object({
    dry_run: z.boolean().default(false).describe('Only counts, up to a million rows per job.'),
  }),
  { dry_run: true },
);
const pruned = component(
  'Pruned',
  z.object({
    jobs: z
      .array(z.object({ name: z.string(), rows: z.number().int() }))
      .describe('Jobs with the number of rows that were deleted, or that are due.'),
    more: z.boolean().describe('True if another call is needed.'),
    busy: z
      .boolean()
      .describe('True if another process is deleting, so that rows were left to it.'),
  }),
  { jobs: [{ name: 'access_tokens', rows: 1200 }], more: false, busy: false },
);

/** `POST /api/v1/prune/`: deletes what is due now instead of within the hour. */
export function pruneEndpoint(deps: ApiDeps, config: JobConfig): Endpoint {
  return operatorEndpoint(
    deps,
    {
      id: 'prune',
      tag: 'Maintenance',
      summary: 'Delete expired rows',
      details:
        'Deletes what the server deletes by itself within the hour: expired tokens, sessions and requests, and grants and log entries after their retention. A call takes about two seconds; repeat it while `more` is true. Any number of rows is deleted in small batches, so other requests are hardly slower.',
      method: 'post',
      path: '/prune',
      demand: { right: 'grants', access: 'write' },
      body: pruneBody,
      answers: [{ status: 200, description: 'What was deleted, or what is due.', body: pruned }],
    },
    async ({ ctx }) => {
      refuseIdempotencyKey(ctx);
      const { value } = await readJson(ctx, pruneBody.schema);
      const { db } = deps.database;
      ctx.body = value.dry_run
        ? { jobs: await countPrunable(db, config), more: false, busy: false }
        : await prune(db, config);
      return 'not logged';
    },
  );
}
