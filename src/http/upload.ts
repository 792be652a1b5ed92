import type { Context } from 'koa';
import { StagedoorError } from '../lib/errors.ts';
import { readBody } from './body.ts';

/** Parts of a form with a file at most: its fields, the CSRF token and the file. */
const PARTS = 10;

/**
 * Reads a posted form with one file, `multipart/form-data`. The file is found by `uploadedFile`.
 * @param limit bytes of the whole form
 * @throws StagedoorError `unsupported_media_type`, `payload_too_large`, `validation_failed`
 */
export async function readUpload(ctx: Context, limit: number): Promise<URLSearchParams> {
  const type = ctx.get('Content-Type');
  const [, boundary] =
    /^multipart\/form-data;.*\bboundary="?([\w'()+,./:=?-]{1,70})"?/i.exec(type) ?? [];
  if (boundary === undefined) {
    throw new StagedoorError(
      'unsupported_media_type',
      'The form must be sent as multipart/form-data.',
    );
  }
  const body = await readBody(ctx, limit);
  const fields = new URLSearchParams();
  for (const [name, value] of await parse(type, boundary, body)) {
    if (typeof value === 'string') {
      fields.append(name, value);
    } else if (value.size > 0) {
      ctx.state.file = Buffer.from(await value.arrayBuffer());
    }
  }
  return fields;
}

/** Returns the file of the form that was posted; undefined if none was chosen. */
export function uploadedFile(ctx: Context): Buffer | undefined {
  const file: unknown = ctx.state.file;
  return Buffer.isBuffer(file) ? file : undefined;
}

/** Parses the body by the runtime's own parser, which takes long for thousands of parts. */
async function parse(type: string, boundary: string, body: Buffer): Promise<FormData> {
  let parts = 0;
  for (
    let at = body.indexOf(`--${boundary}`);
    at !== -1;
    at = body.indexOf(`--${boundary}`, at + 1)
  ) {
    parts += 1;
    if (parts > PARTS + 1) {
      throw unreadable();
    }
  }
  try {
    return await new Response(new Uint8Array(body), {
      headers: { 'content-type': type },
    }).formData();
  } catch {
    throw unreadable();
  }
}

function unreadable(): StagedoorError {
  return new StagedoorError('validation_failed', 'The form could not be read.');
}
