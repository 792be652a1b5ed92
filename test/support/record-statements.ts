import pg from 'pg';

/** A statement that was sent to PostgreSQL. */
export interface RecordedStatement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** A statement with a plan, also one that begins with a comment. */
const STATEMENT = /^\s*(\/\*.*?\*\/\s*)*(select|insert|update|delete|with)\b/is;

/** Records each statement that this process sends during `work` once, by its text, with its last values. */
export async function recordStatements(work: () => Promise<unknown>): Promise<RecordedStatement[]> {
  const { query } = pg.Client.prototype;
  const recorded = new Map<string, RecordedStatement>();
  pg.Client.prototype.query = function record(this: pg.Client, ...args: unknown[]) {
    const [first, given] = args;
    const { text, values } =
      typeof first === 'string' ? { text: first, values: given } : Object(first);
    if (typeof text === 'string' && STATEMENT.test(text)) {
      recorded.set(text, { text, values: Array.isArray(values) ? values : [] });
    }
    return Reflect.apply(query, this, args);
  };
  try {
    await work();
  } finally {
    pg.Client.prototype.query = query;
  }
  return [...recorded.values()];
}
