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

/** Start of an SVG: XML declaration, document type and comments may precede the element. */
const SVG_START =
  /^\uFEFF?\s*(?:<\?xml[^>]*\?>\s*)?(?:(?:<!--[\s\S]*?-->|<!DOCTYPE[^>[]*(?:\[[^\]]*\]\s*)?>)\s*)*<svg[\s>]/i;
/**
 * Parts of an SVG that a browser ignores in an `<img>`, so that the logo would be incomplete: scripts
 * and references to other files. Entities could hide them. This is no protection: that is the policy
 * with which `http/assets.ts` serves the file.
 */
const UNUSABLE_SVG =
  /<!ENTITY|<(?:\w+:)?script\b|(?:href\s*=|url\()\s*["']?\s*(?!["'#\s)]|data:image\/)/i;

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
  if (!SVG_START.test(text)) {
    throw new LogoError(`must be a PNG, JPEG, WebP or SVG image: ${file} is none`);
  }
  if (UNUSABLE_SVG.test(text)) {
    throw new LogoError(
      `must be an SVG image without scripts, entities and references to other files: ${file}`,
    );
  }
  return '.svg';
}
