import { z } from 'zod';
import type { ManagedServer } from './platform.ts';

/** Response to a directory import. */
export interface ImportAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The report without its last line, if that is the summary. */
  readonly report: readonly ReportLine[];
  /** The last line; undefined if the call was interrupted or refused. */
  readonly end: ReportEnd | undefined;
  /** Error of a refused call. */
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

/** Lines to be written as JSON, or a raw body. */
export type ImportBody =
  | readonly object[]
  | string
  | Uint8Array<ArrayBuffer>
  | AsyncIterable<Uint8Array>;

/** Path of the import endpoint. */
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

/** Imports a directory; fails if a line is refused. */
export async function importAll(server: ManagedServer, lines: readonly object[]): Promise<void> {
  const { end, report, error } = await importDirectory(server, lines);
  if (end?.done !== true || end.refused > 0) {
    throw new Error(`The import failed: ${JSON.stringify(error ?? report)}`);
  }
}

/** Returns the lines as JSON Lines. */
export function linesOf(lines: readonly object[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

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
