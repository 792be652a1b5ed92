import { createHash } from 'node:crypto';
import { AdmissionQueue } from '../lib/admission-queue.ts';
import { imageSize } from './logo-size.ts';

/** Bytes of a file that an owner may upload. */
export const LOGO_BYTES = 1024 * 1024;
/** Pixels of each side of such a file at most: up to 72 MB while it is decoded. */
export const LOGO_SIDE = 3_000;
/** Pixels of each side of a logo as it is kept. */
const SIDE = 256;

/** A logo as it is kept and served: a square PNG. */
export interface EncodedLogo {
  readonly image: Buffer;
  /** SHA-256, hexadecimal. */
  readonly hash: string;
}

/** Reason why a file cannot be a logo. */
export type LogoFault = 'missing' | 'large' | 'type' | 'size' | 'broken';

/** Makes a logo of an uploaded file, or says why it cannot. */
export type EncodeLogo = (file: Buffer | undefined) => Promise<EncodedLogo | LogoFault>;

/**
 * Makes an encoder. It decodes one file at a time, in a thread of the runtime's pool; the library is loaded
 * with the first file. What is served has been written by this server: nothing of the file is kept but its
 * pixels.
 */
export function createLogoEncoder(): EncodeLogo {
  const queue = new AdmissionQueue({ places: 1, waiting: 20 });
  return async (file) => {
    const fault = faultOf(file);
    if (file === undefined || fault !== undefined) {
      return fault ?? 'missing';
    }
    await queue.enter({ isGone: () => false, hasBegun: false });
    try {
      const image = await encode(file);
      return { image, hash: createHash('sha256').update(image).digest('hex') };
    } catch {
      return 'broken';
    } finally {
      queue.leave();
    }
  };
}

function faultOf(file: Buffer | undefined): LogoFault | undefined {
  if (file === undefined) {
    return 'missing';
  }
  if (file.length > LOGO_BYTES) {
    return 'large';
  }
  const size = imageSize(file);
  if (size === undefined) {
    return 'type';
  }
  return Math.max(size.width, size.height) > LOGO_SIDE ? 'size' : undefined;
}

/** Fits the image into the square, centered on white, so that a dark logo is seen on a dark page, too. */
async function encode(file: Buffer): Promise<Buffer> {
  const { ResizeFit, Transformer } = await import('@napi-rs/image');
  const fitted = await new Transformer(file)
    .rotate()
    .resize({ width: SIDE, height: SIDE, fit: ResizeFit.Inside })
    .png();
  const square = Transformer.fromRgbaPixels(new Uint8Array(SIDE * SIDE * 4).fill(255), SIDE, SIDE);
  return square.composite(fitted).png();
}
