import { StagedoorError } from '../lib/errors.ts';
import { parseJson } from './json-body.ts';

/** The media types of JSON Lines. The first is the one to use. */
export const JSON_LINES = [
  'application/jsonl',
  'application/x-ndjson',
  'application/jsonlines',
] as const;

/** One line of a body, blank ones left out. */
export interface JsonLine {
  /** From 1 on; blank lines count. */
  readonly number: number;
  /**
   * Returns the parsed line.
   * @throws StagedoorError `validation_failed`: not JSON, not UTF-8, too long
   */
  parse(): unknown;
}

/** Limits for reading lines. */
export interface LineLimits {
  /** Longest line in bytes; a longer one is reported and discarded while it is read. */
  readonly bytes: number;
  /** Lines that are given out together at most. */
  readonly together: number;
}

/**
 * The lines of a body as they come in, some together. What has arrived is never held back until
 * there is more. A last line needs no line break.
 */
export async function* readLines(
  chunks: AsyncIterable<Buffer>,
  { bytes: limit, together }: LineLimits,
): AsyncGenerator<JsonLine[], void> {
  let number = 1;
  let pieces: Buffer[] = [];
  let length = 0;
  const keep = (piece: Buffer) => {
    length += piece.length;
    if (length > limit) {
      pieces = [];
    } else if (piece.length > 0) {
      // A copy of what is left of a chunk: the line is shorter than what it would keep alive.
      pieces.push(Buffer.from(piece));
    }
  };
  const take = (): JsonLine[] => {
    const line = lineOf(number, length > limit ? 'too long' : Buffer.concat(pieces), limit);
    number += 1;
    pieces = [];
    length = 0;
    return line === undefined ? [] : [line];
  };
  for await (const chunk of chunks) {
    let lines: JsonLine[] = [];
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      keep(chunk.subarray(start, end));
      start = end + 1;
      lines.push(...take());
      if (lines.length >= together) {
        yield lines;
        lines = [];
      }
    }
    keep(chunk.subarray(start));
    if (lines.length > 0) {
      yield lines;
    }
  }
  const last = take();
  if (last.length > 0) {
    yield last;
  }
}

function lineOf(number: number, bytes: Buffer | 'too long', limit: number): JsonLine | undefined {
  if (bytes === 'too long') {
    const parse = () => {
      throw new StagedoorError('validation_failed', `A line may hold at most ${limit} bytes.`);
    };
    return { number, parse };
  }
  // Spaces, tabs and the carriage return of a line that ends as on Windows.
  const isBlank = bytes.every((byte) => byte === 32 || byte === 9 || byte === 13);
  return isBlank ? undefined : { number, parse: () => parseJson(bytes, 'line') };
}
