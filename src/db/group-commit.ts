import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate } from 'node:timers/promises';
import { ClientLeftError, StagedoorError } from '../lib/errors.ts';
import { currentRequester, type Requester } from '../lib/requester.ts';
import { Lane, type Pipeline, pipelineOf } from './pipeline.ts';
import {
  GroupError,
  type PreparingClient,
  type PreparingClientOptions,
} from './preparing-client.ts';
import type { SessionSettings } from './session-settings.ts';
import { announceStatement, STATEMENTS } from './statements.ts';
import { isUnreachable } from './unreachable.ts';

/** Statements of one transaction: so few that their rows are locked for some milliseconds only. */
const MOST_TOGETHER = 16;

/** A statement of a request. */
interface Waiting {
  readonly client: PreparingClient;
  readonly text: string;
  readonly values: readonly unknown[];
  readonly requester: Requester | undefined;
  /** Milliseconds of `performance.now()`. */
  readonly since: number;
  readonly resolve: (rows: unknown[]) => void;
  readonly reject: (error: unknown) => void;
  /** Runs a function as part of the request, for traces. */
  readonly inContext: <T>(work: () => T) => T;
}

/**
 * Creates connections for short statements that write and wait for no lock. Each commit waits for the
 * disk, and costs the server and PostgreSQL a message each. So the statements that arrive while a
 * connection commits are committed together.
 *
 * A statement sees what earlier ones of its transaction have changed, and `now()` is the same for all. If one
 * fails, PostgreSQL undoes all, and the others are run again.
 */
export function createGroupCommit(
  options: PreparingClientOptions,
  connections: number,
  settings: SessionSettings,
): Pipeline {
  return pipelineOf(Array.from({ length: connections }, () => new GroupLane(options, settings)));
}

class GroupLane extends Lane {
  #waiting: Waiting[] = [];
  #isCommitting = false;
  readonly #patience: number;

  constructor(options: PreparingClientOptions, settings: SessionSettings) {
    super(options, settings);
    this.#patience = options.query_timeout ?? Number.POSITIVE_INFINITY;
  }

  protected override send<Row extends object>(
    client: PreparingClient,
    text: string,
    values: readonly unknown[],
  ): Promise<Row[]> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown[]>();
    const inContext = STATEMENTS.hasSubscribers ? AsyncLocalStorage.snapshot() : inAnyContext;
    const since = performance.now();
    const requester = currentRequester();
    this.#waiting.push({ client, text, values, requester, since, resolve, reject, inContext });
    if (!this.#isCommitting) {
      this.#isCommitting = true;
      void this.#commitWaiting();
    }
    // The caller knows the columns of the statement.
    return promise as Promise<Row[]>;
  }

  async #commitWaiting(): Promise<void> {
    // Those of the same turn of the event loop.
    await setImmediate();
    while (this.#waiting.length > 0) {
      this.#refuseLate();
      this.#dropAbandoned();
      await this.#commit(this.#takeGroup());
    }
    this.#isCommitting = false;
  }

  /** Refuses statements that waited as long as one may take. Nothing of them was sent. */
  #refuseLate(): void {
    const oldest = performance.now() - this.#patience;
    const firstInTime = this.#waiting.findIndex(({ since }) => since > oldest);
    const late = this.#waiting.splice(0, firstInTime < 0 ? this.#waiting.length : firstInTime);
    this.refused += late.length;
    for (const { reject } of late) {
      reject(new StagedoorError('database_unreachable', 'The statement waited too long.'));
    }
  }

  /** Drops statements of requests whose client has left. Nothing of them was sent. */
  #dropAbandoned(): void {
    const isGone = ({ requester }: Waiting) => requester?.isGone() === true;
    const gone = this.#waiting.filter(isGone);
    if (gone.length > 0) {
      this.#waiting = this.#waiting.filter((one) => !isGone(one));
      this.abandoned += gone.length;
      for (const { reject } of gone) {
        reject(new ClientLeftError());
      }
    }
  }

  /** Takes statements that are for the same connection: after a loss there is another one. */
  #takeGroup(): Waiting[] {
    const [first] = this.#waiting;
    const end = this.#waiting.findIndex(({ client }) => client !== first?.client);
    return this.#waiting.splice(0, Math.min(end < 0 ? MOST_TOGETHER : end, MOST_TOGETHER));
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    const client = group[0]?.client;
    if (client === undefined) {
      return;
    }
    if (group.length === 1 || !group.every(({ text }) => client.canGroup(text))) {
      await Promise.all(group.map((one) => this.#runAlone(one)));
      return;
    }
    try {
      const results = await this.watch(client, () => runTogether(client, group));
      for (const [at, { resolve }] of group.entries()) {
        resolve(results[at] ?? []);
      }
    } catch (error) {
      await this.#commit(rejectFailed(group, error));
    }
  }

  async #runAlone({ client, text, values, resolve, reject, inContext }: Waiting): Promise<void> {
    await inContext(() => super.send(client, text, values)).then(resolve, reject);
  }
}

const inAnyContext = <T>(work: () => T): T => work();

function runTogether(client: PreparingClient, group: readonly Waiting[]): Promise<unknown[][]> {
  const results = client.queryGroup(group);
  // With the code of PostgreSQL.
  const announced = STATEMENTS.hasSubscribers ? results.catch(throwCause) : results;
  for (const { text, inContext } of group) {
    inContext(() => announceStatement(text, announced));
  }
  return results;
}

function throwCause({ cause }: GroupError): never {
  throw cause;
}

/** Rejects the statement that failed, or all if it is not known what became of them. Returns the others. */
function rejectFailed(group: readonly Waiting[], error: unknown): readonly Waiting[] {
  const { cause, position } = error instanceof GroupError ? error : { cause: error, position: -1 };
  const failed = isUnreachable(error) ? undefined : group[position];
  for (const { reject } of failed === undefined ? group : [failed]) {
    reject(cause);
  }
  return failed === undefined ? [] : group.filter((one) => one !== failed);
}
