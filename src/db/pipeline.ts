import type { AdmissionUse } from '../lib/admission-queue.ts';
import { StagedoorError } from '../lib/errors.ts';
import { PreparingClient, type PreparingClientOptions } from './preparing-client.ts';
import type { SessionSettings } from './session-settings.ts';
import { isUnreachable, QUERY_TIMEOUT } from './unreachable.ts';

/** Statements that one connection carries at most; further ones are refused. */
const MOST = 1_000;

/** Connections on which many short statements are under way at the same time. */
export interface Pipeline {
  /** Runs one statement by its constant text; it commits by itself. */
  run<Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]>;
  /** A connection is in use while a statement is under way on it; the further ones wait. */
  use(): AdmissionUse;
  close(): Promise<void>;
}

/**
 * Creates connections for short statements that wait for no lock. Statements of requests that arrive at the
 * same time are sent together, and none waits for the answer of an earlier one to be sent: under
 * load, most of the time of a short query goes into system calls, one per message.
 * @param connections each is opened at its first use, and again after it was lost
 */
export function createPipeline(
  options: PreparingClientOptions,
  connections: number,
  settings: SessionSettings,
): Pipeline {
  return pipelineOf(Array.from({ length: connections }, () => new Lane(options, settings)));
}

/** Returns the pipeline of connections: each statement takes the one with the fewest. */
export function pipelineOf(lanes: readonly Lane[]): Pipeline {
  return {
    run: (text, values) => lanes.reduce((a, b) => (b.load < a.load ? b : a)).run(text, values),
    use: () => {
      const inUse = lanes.filter(({ load }) => load > 0).length;
      const underWay = lanes.reduce((sum, { load }) => sum + load, 0);
      const total = (of: 'refused' | 'abandoned') => lanes.reduce((sum, lane) => sum + lane[of], 0);
      const [refused, abandoned] = [total('refused'), total('abandoned')];
      return { inUse, waiting: underWay - inUse, refused, abandoned };
    },
    close: async () => {
      await Promise.all(lanes.map((lane) => lane.close()));
    },
  };
}

/** One of the connections. */
export class Lane {
  /** Statements that are under way. */
  load = 0;
  /** Statements that were refused or took too long. */
  refused = 0;
  /** Statements that were dropped before they were sent, because their client had left. */
  abandoned = 0;
  readonly #options: PreparingClientOptions;
  #client: PreparingClient | undefined;
  #connecting: Promise<PreparingClient> | undefined;
  #isCorked = false;
  #isClosed = false;

  constructor(options: PreparingClientOptions, settings: SessionSettings) {
    this.#options = { ...options, settings, pipeline: true };
  }

  async run<Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]> {
    if (this.#isClosed) {
      throw new StagedoorError('database_unreachable', 'The database is closed.');
    }
    if (this.load >= MOST) {
      this.refused += 1;
      throw new StagedoorError('database_unreachable', 'Too many statements wait for it.');
    }
    this.load += 1;
    try {
      return await this.send<Row>(this.#client ?? (await this.#connect()), text, values);
    } finally {
      this.load -= 1;
    }
  }

  protected send<Row extends object>(
    client: PreparingClient,
    text: string,
    values: readonly unknown[],
  ): Promise<Row[]> {
    this.#sendTogether(client);
    return this.watch(client, async () => (await client.queryOnce(text, values)).rows);
  }

  /** Does work on a connection, which is not used again if it is lost. */
  protected async watch<T>(client: PreparingClient, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isUnreachable(error)) {
        this.refused += error instanceof Error && error.message === QUERY_TIMEOUT ? 1 : 0;
        this.#forget(client);
      }
      throw error;
    }
  }

  /** Makes the next statement open a new connection. */
  #forget(client: PreparingClient): void {
    if (this.#client === client) {
      this.#client = undefined;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await (this.#client ?? (await this.#connecting?.catch(() => undefined)))?.end();
  }

  /** Sends what this turn of the event loop writes in one system call. */
  #sendTogether({ connection: { stream } }: PreparingClient): void {
    if (this.#isCorked) {
      return;
    }
    this.#isCorked = true;
    stream.cork();
    setImmediate(() => {
      this.#isCorked = false;
      stream.uncork();
    });
  }

  #connect(): Promise<PreparingClient> {
    this.#connecting ??= this.#open().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  async #open(): Promise<PreparingClient> {
    const client = new PreparingClient(this.#options);
    client.on('error', () => this.#forget(client));
    client.on('end', () => this.#forget(client));
    await client.connect();
    this.#client = client;
    return client;
  }
}
