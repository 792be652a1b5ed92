import { createHash } from 'node:crypto';
import pg from 'pg';
import type { ServerAddress } from './choose-server.ts';
import { applySettings, type SessionSettings } from './session-settings.ts';
import { statementGroup } from './statement-group.ts';
import { announceStatement } from './statements.ts';
import { isUnreachable } from './unreachable.ts';

/**
 * Maximum number of statements that one process prepares; further ones run unprepared. A server that has
 * opened every page and called every endpoint has prepared about 350; tests of many files need more.
 */
const LIMIT = 1_000;
const names = new Map<string, string>();

/** Returns the number of different statements that this process has prepared. */
export function preparedStatements(): number {
  return names.size;
}

/**
 * Begins the text of a write in a transaction that may be sent with the next statement. Must not be used
 * outside a transaction: there may be no next statement.
 */
export const WITH_NEXT = '/* sent with the next statement */ ';

/** A statement of a group that failed, and so undid what the others had changed. */
export class GroupError extends Error {
  /** Its position; the number of all statements if the commit failed. */
  readonly position: number;

  constructor(cause: unknown, position: number) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.position = position;
  }
}

/** Result of a statement that is not sent yet. */
const NOT_SENT = { command: '', rowCount: 0, rows: [] };

/** Options of a connection; `prepare` is true by default. */
export type PreparingClientOptions = pg.ClientConfig & {
  readonly prepare?: boolean;
  /** Finds the server to connect to, in place of that of the connection string. */
  readonly chooseServer?: () => Promise<ServerAddress>;
  /** Made before the connection is used. */
  readonly settings?: SessionSettings;
};

/**
 * A pg client that prepares every statement with parameters, so that PostgreSQL parses and plans
 * each once a connection. Kysely's texts are few: they hold placeholders, never values.
 *
 * The begin of a transaction, and writes that are marked with `WITH_NEXT`, are sent in one system call
 * with the next statement. That statement fails if one of them fails. Needs the option `pipeline`.
 */
export class PreparingClient extends pg.Client {
  readonly #prepares: boolean;
  readonly #chooseServer: PreparingClientOptions['chooseServer'];
  readonly #settings: PreparingClientOptions['settings'];
  /** Statements that are sent after the begin of each transaction; each begins with a semicolon. */
  #afterBegin = '';
  #isAbandoned = false;
  /** Arguments of `query` for statements that are not sent yet. */
  #waiting: unknown[][] = [];
  /** Columns of the results of statements that were prepared, by their texts. */
  readonly #fields = new Map<string, readonly pg.FieldDef[]>();

  constructor(options: PreparingClientOptions = {}) {
    super(options);
    // Without a listener, the loss of the connection would end the process. The next query reports it.
    // PostgreSQL can end a connection in the packet that says that it is ready, before anybody has got it.
    this.on('error', () => this.#abandon());
    this.#prepares = options.prepare ?? true;
    this.#chooseServer = options.chooseServer;
    this.#settings = options.settings;
  }

  // biome-ignore lint/suspicious/noExplicitAny: as for query()
  override connect(...args: any[]): any {
    const [callback] = args;
    if (callback === undefined) {
      return this.#connect();
    }
    this.#connect().then(() => callback(null, this), callback);
  }

  async #connect(): Promise<this> {
    try {
      Object.assign(this, await this.#chooseServer?.());
      await super.connect();
      if (this.#settings !== undefined) {
        this.#afterBegin = await applySettings(this, this.#settings);
      }
      return this;
    } catch (error) {
      this.#abandon();
      throw error;
    }
  }

  // biome-ignore lint/suspicious/noExplicitAny: pg's own overloads of query() can't be written otherwise
  override query(...args: any[]): any {
    const text = String(args[0]);
    if (this.pipeline && (isBegin(text) || text.startsWith(WITH_NEXT))) {
      this.#waiting.push(args);
      return Promise.resolve(NOT_SENT);
    }
    const waiting = this.#waiting.splice(0);
    if (text.startsWith('rollback')) {
      return waiting.some(([first]) => isBegin(String(first)))
        ? Promise.resolve(NOT_SENT)
        : this.#sendNow(args);
    }
    return waiting.length === 0 ? this.#sendNow(args) : this.#sendTogether([...waiting, args]);
  }

  /**
   * Runs one statement outside any transaction, with the settings of the connection. Needs the option
   * `pipeline`.
   */
  queryOnce(text: string, values: readonly unknown[]): Promise<pg.QueryResult> {
    return this.#withSettings(() => this.#sendNow([text, values]));
  }

  /** Tests if a statement can be part of a group: the connection has prepared it. */
  canGroup(text: string): boolean {
    return this.#fields.has(text);
  }

  /**
   * Runs statements in one transaction, and announces none of them. Needs the option `pipeline`.
   * @param statements each of them has to pass `canGroup`
   * @returns the rows of each
   * @throws GroupError
   */
  queryGroup(
    statements: readonly { readonly text: string; readonly values: readonly unknown[] }[],
  ): Promise<unknown[][]> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown[][]>();
    const prepared = statements.map(({ text, values }) => {
      const [name, fields] = [names.get(text), this.#fields.get(text)];
      if (name === undefined || fields === undefined) {
        throw new Error('A statement of a group has to be prepared.');
      }
      return { name, text, values, fields };
    });
    promise.catch(({ cause }: GroupError) => this.#endIfUseless(cause));
    return this.#withSettings(() => {
      super.query(
        statementGroup(prepared, (error, rows, answered) =>
          error ? reject(new GroupError(error, answered)) : resolve(rows),
        ),
      );
      return promise;
    });
  }

  /** Sends something in a transaction with the settings, all in one system call, if a pooler needs that. */
  async #withSettings<T>(send: () => Promise<T>): Promise<T> {
    if (this.#afterBegin === '') {
      return send();
    }
    const { stream } = this.connection;
    stream.cork();
    // After a failure, PostgreSQL takes the commit as a rollback.
    const answers = [this.#sendNow(['begin']), send(), this.#sendNow(['commit'])] as const;
    stream.uncork();
    const [, result] = await Promise.all(answers);
    return result;
  }

  /** Sends statements in one system call. */
  async #sendTogether(statements: readonly unknown[][]): Promise<unknown> {
    const { stream } = this.connection;
    stream.cork();
    const answers = statements.map((args) => this.#sendNow(args));
    stream.uncork();
    return (await Promise.all(answers)).at(-1);
  }

  // biome-ignore lint/suspicious/noExplicitAny: as for query()
  #sendNow(args: any[]): any {
    const [text] = args;
    const isFirst = this.#afterBegin !== '' && isBegin(String(text));
    const answer = this.#send(isFirst ? [text + this.#afterBegin] : args);
    if (answer instanceof Promise) {
      answer.catch((error: unknown) => this.#endIfUseless(error));
      announceStatement(text, answer);
    }
    return answer;
  }

  // biome-ignore lint/suspicious/noExplicitAny: receives the arguments of query() unchanged
  #send(args: any[]): any {
    const [text, values, callback] = args;
    const hasValues = typeof text === 'string' && Array.isArray(values) && values.length > 0;
    const name = hasValues && this.#prepares ? nameOf(text) : undefined;
    if (name === undefined) {
      return Reflect.apply(super.query, this, args);
    }
    // pg would copy `{ name, text, values }`, property by property.
    const query = new pg.Query(text, values);
    if (callback !== undefined) {
      return super.query(Object.assign(query, { name, callback }));
    }
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const settle = (error: unknown, result: pg.QueryResult) => {
      if (error) {
        reject(error);
        return;
      }
      this.#fields.set(text, result.fields);
      resolve(result);
    };
    super.query(Object.assign(query, { name, callback: settle }));
    return promise.catch(addCaller);
  }

  /**
   * PostgreSQL may still run a statement whose caller has given up: after a late `begin`, the next
   * user of the connection would be inside a transaction that never ends. So the connection is
   * closed, as is one to a server that does not accept writes any more or ends it, and one whose prepared
   * statements can't be used.
   */
  #endIfUseless(error: unknown): void {
    if (isUnreachable(error)) {
      this.#abandon();
    }
  }

  /** Closes the connection without waiting for it: the server may be the reason. */
  #abandon(): void {
    if (!this.#isAbandoned) {
      this.#isAbandoned = true;
      void this.end();
    }
  }
}

/** Tests for the first statement of a transaction, as Kysely writes it. */
function isBegin(text: string): boolean {
  return text === 'begin' || text.startsWith('start transaction');
}

/** Shows in the stack of an error where the statement was sent from, as pg does. */
function addCaller(error: unknown): never {
  if (error instanceof Error) {
    Error.captureStackTrace(error);
  }
  throw error;
}

/**
 * Returns the name of a prepared statement: a hash of its text. A pooler may give a connection of one
 * process to another, and one name must mean the same statement in all of them.
 */
function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= LIMIT) {
    return known;
  }
  const name = `s_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
  names.set(text, name);
  return name;
}
