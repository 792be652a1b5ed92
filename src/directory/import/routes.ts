import type { Context } from 'koa';
import type { ApiDeps, Endpoint } from '../../api/endpoint.ts';
import { refuseIdempotencyKey } from '../../api/idempotency.ts';
import { requireMediaType } from '../../api/json-body.ts';
import { JSON_LINES, readLines } from '../../api/json-lines.ts';
import { type LineAnswer, lineAnswer } from '../../api/line-answer.ts';
import { type AdmittedCall, operatorEndpoint } from '../../api/operator-endpoint.ts';
import { readQuery } from '../../api/query.ts';
import type { Config } from '../../config/config.ts';
import { inTransaction, type Tx } from '../../db/transaction.ts';
import { checkAnnounced, readChunks } from '../../http/body.ts';
import { toHttpError } from '../../http/http-error.ts';
import { mayTakeLong } from '../../http/http-server.ts';
import { StagedoorError } from '../../lib/errors.ts';
import type { HashPassword } from '../../users/password.ts';
import { type Import, importAtomically, importLines } from './import-lines.ts';
import type { BulkLine, DoneLine, Tally } from './line.ts';
import { bulkLine, bulkQuery, bulkReport, presentDone, presentEnd, readBulkLine } from './wire.ts';

/** Longest body, in bytes. */
const BODY_LIMIT = 256 * 1024 * 1024;
/** Longest line, in bytes; a team with some thousand members fits in. */
const LINE_LIMIT = 256 * 1024;
/** Lines per transaction: few enough to keep it short, enough to make commits cheap. */
const TOGETHER = 32;
/** Milliseconds without a byte from the sender or to the reader. */
const IDLE = 60_000;

/** Configuration that imports depend on. */
type BulkConfig = Pick<Config, 'permissions' | 'upstream'>;

/** `POST /api/v1/directory/bulk/`: any number of users, organizers and teams in one call. */
export function bulkEndpoint(
  deps: ApiDeps,
  { permissions, upstream }: BulkConfig,
  hash: HashPassword,
): Endpoint {
  const line = bulkLine(permissions);
  return operatorEndpoint(
    deps,
    {
      id: 'importDirectory',
      tag: 'Organizers and teams',
      summary: 'Import users, organizers and teams',
      details:
        'JSON Lines with one object per line. Each line has the effect of the corresponding PUT. Lines are processed in order, so organizers and users must precede the teams that refer to them. The response has one line per input line, sent as soon as it is committed, and one at the end. An invalid line is refused and does not affect the others. With `atomic=true` all lines are one transaction: if a line is refused, nothing is written, although earlier lines were reported. Until it ends, other requests wait for the rows that it changed; with the embedded database they all wait, so there it is ended after ten seconds. Repeating the import changes nothing, so there is no `Idempotency-Key`.',
      method: 'post',
      path: '/directory/bulk',
      demand: { right: 'directory', access: 'write' },
      query: bulkQuery,
      body: line,
      bodyTypes: JSON_LINES,
      answerTypes: JSON_LINES,
      answers: [
        {
          status: 200,
          description: 'One line per input line, and one at the end.',
          body: bulkReport,
        },
      ],
    },
    async (call) => {
      const { ctx } = call;
      refuseIdempotencyKey(ctx);
      const { atomic = false } = readQuery(ctx, bulkQuery);
      requireMediaType(ctx.get('Content-Type'), JSON_LINES);
      checkAnnounced(ctx, BODY_LIMIT);
      const type = ctx.accepts(...JSON_LINES) || JSON_LINES[0];
      const answer = lineAnswer(ctx, type, IDLE);
      const { ending, stop } = limitDuration(
        deps.ending,
        atomic ? deps.atomicImportLimit : undefined,
      );
      const batches = readBatches(ctx, ending, (one) => readBulkLine(line.schema, upstream, one));
      await answerImport(deps, call, { atomic, hash, answer, batches }).finally(stop);
      return 'logged';
    },
  );
}

/** Ends an import after `limit` milliseconds as if the server stopped. */
function limitDuration(ending: AbortSignal | undefined, limit: number | undefined) {
  if (limit === undefined) {
    return { ending, stop: () => {} };
  }
  const late = new AbortController();
  const message = `An atomic import may take ${limit / 1000} seconds on the embedded database, since everybody else waits for it. Import without "atomic", in smaller parts, or use PostgreSQL.`;
  const timer = setTimeout(() => late.abort(new StagedoorError('unavailable', message)), limit);
  const both = ending === undefined ? late.signal : AbortSignal.any([ending, late.signal]);
  return { ending: both, stop: () => clearTimeout(timer) };
}

async function* readBatches(
  ctx: Context,
  ending: AbortSignal | undefined,
  read: (line: Parameters<typeof readBulkLine>[2]) => BulkLine,
): AsyncGenerator<BulkLine[], void> {
  mayTakeLong(ctx.req);
  const chunks = readChunks(ctx.req, { bytes: BODY_LIMIT, idle: IDLE, ending });
  for await (const lines of readLines(chunks, { bytes: LINE_LIMIT, together: TOGETHER })) {
    ending?.throwIfAborted();
    yield lines.map(read);
  }
}

interface AnsweredImport {
  readonly atomic: boolean;
  readonly hash: HashPassword;
  readonly answer: LineAnswer;
  readonly batches: AsyncIterable<readonly BulkLine[]>;
}

/**
 * @throws an error that ended the import before the answer began; later errors become its last line
 */
async function answerImport(
  deps: ApiDeps,
  { ctx, operator, logged }: AdmittedCall,
  { atomic, hash, answer, batches }: AnsweredImport,
): Promise<void> {
  const { operators } = deps;
  const tally: Tally = { created: 0, changed: 0, unchanged: 0, refused: 0 };
  const entry = () => ({ ...logged, status: 200, counts: tally });
  const report = async (done: readonly DoneLine[]) => {
    for (const { result } of done) {
      tally[result.outcome] += 1;
    }
    await answer.write(done.map(presentDone));
  };
  try {
    const beforeCommit = (tx: Tx) => operators.requireLiveToken(tx, operator);
    const given = { editor: operator, hash, batches, report, beforeCommit };
    const committed = await carryOut(deps, atomic, given, async (tx) => {
      // Nothing is committed for a caller who has left.
      await answer.write([]);
      await operators.recordCall(tx, entry());
    });
    if (!committed) {
      await operators.countCall(entry());
    }
    await answer.end(presentEnd({ done: true, committed }, tally));
  } catch (error) {
    if (!answer.begun) {
      throw error;
    }
    const { status, message } = toHttpError(error);
    if (status >= 500) {
      ctx.app.emit('error', error, ctx);
    }
    await operators.countCall(entry());
    await answer.end(presentEnd({ done: false, committed: !atomic, detail: message }, tally));
  }
}

/** @returns whether what was reported is committed */
async function carryOut(
  { database: { db } }: ApiDeps,
  atomic: boolean,
  given: Import,
  finish: (tx: Tx) => Promise<void>,
): Promise<boolean> {
  if (atomic) {
    return importAtomically(db, given, finish);
  }
  await importLines(db, given);
  await inTransaction(db, finish);
  return true;
}
