import type { Application } from '../applications/application.ts';
import { findApplication } from '../applications/find-application.ts';
import { listApplications } from '../applications/list-applications.ts';
import { resumeApplication } from '../applications/resume.ts';
import { reviewApplication } from '../applications/review.ts';
import { suspendApplication } from '../applications/suspend.ts';
import { presentApplication } from '../applications/wire.ts';
import type { Actor } from '../audit/event.ts';
import type { Database } from '../db/database.ts';
import { inTransaction, type Tx } from '../db/transaction.ts';
import { StagedoorError } from '../errors.ts';
import { APPLICATION_HELP as HELP } from './application-help.ts';
import { type Output, UsageError } from './command.ts';
import { parse } from './parse.ts';
import { printApplication, printApplications } from './print-application.ts';
import { readReason } from './read-reason.ts';
import { withCurrentDatabase } from './with-database.ts';

/** In the log, in the place of the name of an operator token. */
const ACTOR: Actor = 'operator:cli';
/** Applications that are read at once. */
const BATCH = 500;

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  json: { type: 'boolean' },
  reason: { type: 'string' },
} as const;

/** What an operator does to one application. */
type Change = (tx: Tx, clientId: string) => Promise<Application>;

/** `stagedoor application list|show|review|suspend|resume` */
export async function runApplication(args: readonly string[], { out }: Output): Promise<void> {
  const { values, positionals } = parse(args, OPTIONS, HELP);
  const [action, clientId, ...more] = positionals;
  if (values.help || (action === 'help' && clientId === undefined)) {
    out(HELP);
    return;
  }
  const change = changeOf(action, values.reason);
  if (action === 'list' && clientId === undefined) {
    const all = await withCurrentDatabase(({ db }) => readAll(db));
    out(values.json ? json(all.map(presentApplication)) : printApplications(all));
    return;
  }
  if (action === 'list' || clientId === undefined || more.length > 0) {
    throw new UsageError(
      action === 'list' ? 'list takes no client id.' : `${action} takes one client id.`,
      HELP,
    );
  }
  const application = await withCurrentDatabase(({ db }) =>
    change === undefined
      ? find(db, clientId)
      : inTransaction(db, (tx) => change(tx, clientId)).catch(sayWhich(clientId)),
  );
  out(values.json ? json(presentApplication(application)) : printApplication(application));
}

/**
 * The change that an action stands for; undefined where it only looks.
 * @throws UsageError
 */
function changeOf(action: string | undefined, reason: string | undefined): Change | undefined {
  if (reason !== undefined && action !== 'suspend') {
    throw new UsageError('--reason belongs to suspend.', HELP);
  }
  switch (action) {
    case 'list':
    case 'show':
      return undefined;
    case 'review':
      return (tx, clientId) => reviewApplication(tx, ACTOR, clientId);
    case 'suspend': {
      const why = readReason(reason, HELP);
      return (tx, clientId) => suspendApplication(tx, ACTOR, clientId, why);
    }
    case 'resume':
      return (tx, clientId) => resumeApplication(tx, ACTOR, clientId);
    default:
      throw new UsageError(
        action === undefined ? 'Say what to do.' : `There is no "application ${action}".`,
        HELP,
      );
  }
}

async function readAll(db: Database['db']): Promise<Application[]> {
  const all: Application[] = [];
  for (;;) {
    const { entries } = await listApplications(db, { limit: BATCH, offset: all.length });
    all.push(...entries);
    if (entries.length < BATCH) {
      return all;
    }
  }
}

async function find(db: Database['db'], clientId: string): Promise<Application> {
  const application = await findApplication(db, clientId);
  if (application === undefined) {
    throw notFound(clientId);
  }
  return application;
}

function sayWhich(clientId: string): (error: unknown) => never {
  return (error) => {
    throw error instanceof StagedoorError && error.code === 'not_found'
      ? notFound(clientId)
      : error;
  };
}

function notFound(clientId: string): StagedoorError {
  return new StagedoorError(
    'not_found',
    `There is no application with the client id ${JSON.stringify(clientId)}.`,
  );
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
