import pg from 'pg';
import { QUERY_TIMEOUT } from './unreachable.ts';

/** Statements that one process prepares at most; what comes after goes unprepared. */
const LIMIT = 500;
const names = new Map<string, string>();

/** Returns the number of different statements that this process has prepared. */
export function preparedStatements(): number {
  return names.size;
}

/**
 * A pg client that prepares every statement with parameters, so that PostgreSQL parses and plans
 * each once a connection. Kysely's texts are few: they hold placeholders, never values.
 */
export class PreparingClient extends pg.Client {
  // biome-ignore lint/suspicious/noExplicitAny: pg's own overloads of query() can't be written otherwise
  override query(...args: any[]): any {
    const answer = this.#send(args);
    if (answer instanceof Promise) {
      answer.catch((error: unknown) => this.#endIfLate(error));
    }
    return answer;
  }

  // biome-ignore lint/suspicious/noExplicitAny: receives the arguments of query() unchanged
  #send(args: any[]): any {
    const [text, values, ...callback] = args;
    if (typeof text === 'string' && Array.isArray(values) && values.length > 0) {
      const name = nameOf(text);
      if (name !== undefined) {
        return super.query({ name, text, values }, ...callback);
      }
    }
    return Reflect.apply(super.query, this, args);
  }

  /**
   * PostgreSQL may still run a statement whose caller has given up: after a late `begin`, the next
   * user of the connection would be inside a transaction that never ends. So the connection is
   * closed.
   */
  #endIfLate(error: unknown): void {
    if (error instanceof Error && error.message === QUERY_TIMEOUT) {
      this.end().catch(() => {});
    }
  }
}

function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= LIMIT) {
    return known;
  }
  const name = `s${names.size}`;
  names.set(text, name);
  return name;
}
