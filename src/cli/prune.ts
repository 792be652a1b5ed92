import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { z } from 'zod';
import { pruneEndpoint } from '../jobs/routes.ts';
import { apiAction, examples, json, type Line } from './command.ts';
import { createProgress } from './list.ts';
import type { Management } from './management.ts';
import { createTable, formatNumber } from './present.ts';
import type { Shell } from './shell.ts';

/** Milliseconds between two lines about the progress if no terminal shows it. */
const INTERVAL = 10_000;
/** Milliseconds until the next try while another process deletes. */
const PATIENCE = 2_000;
const WIDTH = 30;

const answer = z.object({
  jobs: z.array(z.object({ name: z.string(), rows: z.number() })),
  more: z.boolean(),
  busy: z.boolean(),
});

interface PruneOptions {
  readonly dryRun?: boolean;
}

/** Sets up `stagedoor prune`. */
export function addPrune(command: Command, shell: Shell): void {
  command
    .description(
      'Delete expired rows now: tokens, sessions and requests that have expired, and grants and log entries after their retention. The server does so by itself every hour; this is for a first big clean. Deletes in small batches, so a running server is hardly slower. Ctrl-C ends it at any time.',
    )
    .option('--dry-run', 'only count what is due, up to a million rows per job')
    .action(
      apiAction<PruneOptions>(
        shell,
        (deps) => [pruneEndpoint(deps, deps.config)],
        async (api, line) => {
          const due = await call(api, true);
          const done = line.options.dryRun ? due.jobs : await pruneAll(api, shell, due.jobs);
          print(line, done);
        },
      ),
    );
  examples(command, 'prune --dry-run', 'prune');
}

type JobRows = z.infer<typeof answer>['jobs'];

/** Deletes slice by slice until nothing is left, or until Ctrl-C. */
async function pruneAll(api: Management, shell: Shell, due: JobRows): Promise<JobRows> {
  const deleted = new Map<string, number>();
  const all = due.reduce((sum, { rows }) => sum + rows, 0);
  const progress = createBar(shell, all);
  for (let more = all > 0; more && !shell.signal.aborted; ) {
    const slice = await call(api, false);
    for (const { name, rows } of slice.jobs) {
      deleted.set(name, (deleted.get(name) ?? 0) + rows);
    }
    progress.show([...deleted.values()].reduce((sum, rows) => sum + rows, 0));
    if (slice.busy) {
      await sleep(PATIENCE, undefined, { signal: shell.signal }).catch(() => {});
    }
    more = slice.more || slice.busy;
  }
  progress.end();
  return [...deleted].map(([name, rows]) => ({ name, rows }));
}

async function call(api: Management, dryRun: boolean): Promise<z.infer<typeof answer>> {
  const { body } = await api.call({ method: 'post', path: '/prune/', body: { dry_run: dryRun } });
  return answer.parse(body);
}

/** Shows a bar on a terminal, and else a line every ten seconds. */
function createBar(shell: Shell, all: number) {
  const { show, end } = createProgress(shell);
  let next = Date.now() + INTERVAL;
  return {
    show: (done: number) => {
      const text = `${formatNumber(done)} of ${formatNumber(Math.max(all, done))} rows`;
      const filled = Math.round((WIDTH * done) / Math.max(all, done, 1));
      show(`[${'#'.repeat(filled).padEnd(WIDTH, '.')}] ${text}`);
      if (!shell.progress && Date.now() > next) {
        next = Date.now() + INTERVAL;
        shell.err(`${text}\n`);
      }
    },
    end,
  };
}

function print({ shell, options }: Line<PruneOptions>, jobs: JobRows): void {
  if (options.json) {
    shell.out(json(jobs));
  } else if (jobs.length === 0) {
    shell.out('Nothing is due.\n');
  } else {
    const column = options.dryRun ? 'DUE' : 'DELETED';
    shell.out(createTable({ ROWS: 'name', [column]: ({ rows }) => formatNumber(rows) })(jobs));
  }
}
