import { verify } from 'node:crypto';
import type { Context } from 'koa';
import { z } from 'zod';
import type { LeakScannerKeys } from '../config/leak-scanner-keys.ts';
import { readBody } from '../http/body.ts';
import { StagedoorError } from '../lib/errors.ts';
import { parseJson } from '../lib/parse-json.ts';

/** Bytes of a report: 1,000 entries of GitHub with a URL each. */
const LONGEST = 512 * 1024;
/** Strings in a report. */
const MOST = 1000;

const entry = z.union([z.string(), z.object({ token: z.string() })]);
const entries = z.array(entry);

/** A report of credentials that were found in public. */
export interface Report {
  readonly values: readonly string[];
  /** True if a key of `LEAK_SCANNER_KEYS` signed it. */
  readonly signed: boolean;
}

/**
 * Reads a report: a JSON array of strings, or that of GitHub's secret scanning, which is signed.
 * @throws StagedoorError `validation_failed`, `payload_too_large`, `unsupported_media_type`
 * @see https://docs.github.com/en/code-security/secret-scanning/secret-scanning-partnership-program
 */
export async function readReport(ctx: Context, keys: LeakScannerKeys): Promise<Report> {
  if (ctx.request.type.toLowerCase() !== 'application/json') {
    throw new StagedoorError('unsupported_media_type', 'The body must be application/json.');
  }
  const body = await readBody(ctx, LONGEST);
  const signed = isSigned(ctx, keys, body);
  const { success, data = [] } = entries.safeParse(parseJson(body.toString('utf8')));
  if (!success) {
    throw invalid('The body must be a JSON array of strings.');
  }
  if (data.length > MOST) {
    throw new StagedoorError('payload_too_large', `A report has at most ${MOST} entries.`);
  }
  if (!signed && data.some((one) => typeof one !== 'string')) {
    throw invalid('Entries that are objects need the signature of GitHub.');
  }
  return { values: data.map((one) => (typeof one === 'string' ? one : one.token)), signed };
}

/** @throws StagedoorError if the request has a signature that is not valid */
function isSigned(ctx: Context, keys: LeakScannerKeys, body: Buffer): boolean {
  const id = ctx.get('Github-Public-Key-Identifier');
  const signature = ctx.get('Github-Public-Key-Signature');
  if (id === '' && signature === '') {
    return false;
  }
  const key = keys.get(id);
  if (key === undefined || !verify('sha256', body, key, Buffer.from(signature, 'base64'))) {
    throw invalid('The signature is not valid, or its key is unknown.');
  }
  return true;
}

function invalid(message: string): StagedoorError {
  return new StagedoorError('validation_failed', message);
}
