import type { MeasuredServer } from '../measured-server.ts';
import type { Operation } from '../operations.ts';

/**
 * Sends one request or flow and waits for its result.
 * @param index number of the request; each number is used once
 * @param connection number of the sender, which sends one request at a time
 * @throws Error at an unexpected response
 */
export type Send = (index: number, connection: number) => Promise<unknown>;

/** A server that the benchmark measures. */
export interface Contender {
  readonly name: string;
  readonly server: MeasuredServer;
  /** Signs in and prepares `operation`; undefined if the contender does not offer it. */
  prepare(operation: Operation): Promise<Send | undefined>;
  /** Stops the server and drops its database. */
  close(): Promise<void>;
}
