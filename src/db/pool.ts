import pg from 'pg';
import { AdmissionQueue, type AdmissionUse } from '../lib/admission-queue.ts';
import { currentRequester } from '../lib/requester.ts';
import { PreparingClient, type PreparingClientOptions } from './preparing-client.ts';
import type { SessionSettings } from './session-settings.ts';

/** Requests that may wait, for each connection. */
const WAITING_PER_CONNECTION = 100;

/** Connections for transactions and for statements that may take long. */
export interface Pool {
  /** As Kysely expects it. */
  readonly options: object;
  /** Returns a connection, on which `release` has to be called. */
  connect(): Promise<pg.PoolClient>;
  /** Runs one statement. */
  run<Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]>;
  use(): AdmissionUse;
  end(): Promise<void>;
}

/** Creates a pool that opens connections when they are needed. */
export function createPool(
  options: PreparingClientOptions,
  connections: number,
  settings: SessionSettings,
): Pool {
  const queue = new AdmissionQueue({
    places: connections,
    waiting: WAITING_PER_CONNECTION * connections,
  });
  const client = { ...options, settings, pipeline: true };
  const pool = new pg.Pool({ ...client, max: connections, Client: PreparingClient });
  // An idle connection that the server drops is replaced at the next query; without a listener
  // its error would end the process.
  pool.on('error', () => {});
  const connect = async () => {
    await queue.enter();
    try {
      const client = await pool.connect();
      // Not by the event of the pool: it also releases connections for which a request has stopped waiting.
      const release = client.release.bind(client);
      client.release = (destroy) => {
        release(destroy);
        queue.leave();
      };
      const requester = currentRequester();
      if (requester !== undefined) {
        requester.hasBegun = true;
      }
      return client;
    } catch (error) {
      queue.leave();
      throw error;
    }
  };
  return {
    options: pool.options,
    connect,
    run: async <Row extends object>(text: string, values: readonly unknown[]) => {
      const client = await connect();
      try {
        return (await client.query<Row>(text, [...values])).rows;
      } finally {
        client.release();
      }
    },
    use: () => queue.use(),
    end: () => pool.end(),
  };
}
