import { z } from 'zod';
import type { ManagedServer } from './platform.ts';

/** What a directory import was answered with. */
export interface ImportAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The report, without its last line where that says how it ended. */
  readonly report: readonly ReportLine[];
  /** The last line; undefined: the call broke off, or was refused. */
  readonly end: ReportEnd | undefined;
  /** Of a call that was refused. */
  readonly error: unknown;
}

const reportLine = z.looseObject({ line: z.number(), outcome: z.string() });
const reportEnd = z.strictObject({
  done: z.boolean(),
  committed: z.boolean(),
  created: z.number(),
  changed: z.number(),
  unchanged: z.number(),
  refused: z.number(),
  detail: z.string().optional(),
});
export type ReportLine = z.infer<typeof reportLine>;
export type ReportEnd = z.infer<typeof reportEnd>;

/** What may be sent: lines to be written as JSON, or a body as it is. */
export type ImportBody =
  | readonly object[]
  | string
  | Uint8Array<ArrayBuffer>
  | AsyncIterable<Uint8Array>;

/** Where the endpoint is. */
export const BULK = '/api/v1/directory/bulk/';

/** Imports a directory, and reads the whole report. */
export async function importDirectory(
  server: ManagedServer,
  body: ImportBody,
  query = '',
  headers: Readonly<Record<string, string>> = {},
): Promise<ImportAnswer> {
  const response = await fetch(new URL(BULK + query, server.issuer), {
    method: 'POST',
    headers: {
      authorization: `Token ${server.operatorToken}`,
      'content-type': 'application/jsonl',
      ...headers,
    },
    body: bodyOf(body),
    duplex: 'half',
  });
  return readAnswer(response.status, response.headers, await response.text());
}

/** Imports a directory of which no line may be refused. */
export async function importAll(server: ManagedServer, lines: readonly object[]): Promise<void> {
  const { end, report, error } = await importDirectory(server, lines);
  if (end?.done !== true || end.refused > 0) {
    throw new Error(`The import failed: ${JSON.stringify(error ?? report)}`);
  }
}

/** A body of these lines. */
export function linesOf(lines: readonly object[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** Takes an answer apart. */
export function readAnswer(status: number, headers: Headers, text: string): ImportAnswer {
  if (status !== 200) {
    return { status, headers, report: [], end: undefined, error: JSON.parse(text) };
  }
  const lines: unknown[] = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
  const end = reportEnd.safeParse(lines.at(-1)).data;
  const report = lines.slice(0, end && -1).map((line) => reportLine.parse(line));
  return { status, headers, report, end, error: undefined };
}

function bodyOf(body: ImportBody): NonNullable<RequestInit['body']> {
  if (typeof body === 'string' || body instanceof Uint8Array) {
    return body;
  }
  if (Symbol.asyncIterator in body) {
    return ReadableStream.from(body);
  }
  return linesOf(body);
}
