import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** The platform's logo, as it is served. */
export interface Logo {
  readonly body: Buffer;
  readonly extension: '.png' | '.jpg' | '.webp' | '.svg';
  /** SHA-256, hexadecimal. */
  readonly hash: string;
}

/** `PLATFORM_LOGO` can't be used. The message completes a sentence that begins with the variable. */
export class LogoError extends Error {}

/** Bytes. Each page and each mail carries the logo. */
const MAX_SIZE = 100 * 1024;

/** Parts of an SVG that are refused: code, and references to anything outside of it. */
const UNSAFE_SVG =
  /<!DOCTYPE|<!ENTITY|<\?xml-stylesheet|<(?:\w+:)?(?:script|foreignObject|iframe|handler)\b|\son\w+\s*=|@import|javascript:|href\s*=\s*["']?(?!\s*["']?(?:#|data:image\/(?:png|jpeg|webp)))|url\(\s*["']?(?!["']?(?:#|data:image\/(?:png|jpeg|webp)))/i;

/**
 * Reads the logo.
 * @throws LogoError
 */
export function readLogo(file: string): Logo {
  const body = readFile(file);
  if (body.length > MAX_SIZE) {
    throw new LogoError(`must be a file of at most ${MAX_SIZE / 1024} KiB: ${file} is larger`);
  }
  const hash = createHash('sha256').update(body).digest('hex');
  return { body, extension: extensionOf(body, file), hash };
}

function readFile(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'ERROR';
    throw new LogoError(
      `must be the path of an image that this server can read: ${file} (${reason})`,
    );
  }
}

/** By its content: a name can be wrong. */
function extensionOf(body: Buffer, file: string): Logo['extension'] {
  const start = body.subarray(0, 12).toString('latin1');
  if (start.startsWith('\x89PNG\r\n\x1a\n')) {
    return '.png';
  }
  if (start.startsWith('\xff\xd8\xff')) {
    return '.jpg';
  }
  if (start.startsWith('RIFF') && start.endsWith('WEBP')) {
    return '.webp';
  }
  const text = body.toString('utf8');
  if (!/^\uFEFF?\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--[\s\S]*?-->\s*)*<svg[\s>]/.test(text)) {
    throw new LogoError(`must be a PNG, JPEG, WebP or SVG image: ${file} is none`);
  }
  if (UNSAFE_SVG.test(text)) {
    throw new LogoError(
      `must be an SVG image without scripts, event handlers and references to other files: ${file}`,
    );
  }
  return '.svg';
}
