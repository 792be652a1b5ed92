import { createHash } from 'node:crypto';
import { AdmissionQueue } from '../lib/admission-queue.ts';

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

/** Format and size of an image, as its file states them. */
export interface ImageSize {
  readonly format: 'png' | 'jpeg';
  readonly width: number;
  readonly height: number;
}

const PNG_START = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

/**
 * Reads format and size of an image from its headers, before anything decodes it: a small file can state
 * billions of pixels. Of several sizes in a JPEG, the largest counts.
 * @returns undefined if it is neither PNG nor JPEG, or states no size
 */
export function imageSize(file: Buffer): ImageSize | undefined {
  if (file.length >= 24 && file.subarray(0, 8).equals(PNG_START)) {
    return file.toString('latin1', 12, 16) === 'IHDR'
      ? { format: 'png', width: file.readUInt32BE(16), height: file.readUInt32BE(20) }
      : undefined;
  }
  return file.length >= 4 && file.readUInt16BE(0) === 0xffd8 ? jpegSize(file) : undefined;
}

function jpegSize(file: Buffer): ImageSize | undefined {
  let [width, height] = [0, 0];
  let at = 2;
  while (at + 9 <= file.length) {
    if (file[at] !== 0xff || !isSegment(file[at + 1] ?? 0)) {
      // Fill bytes, and the pixels after a header of a scan.
      at += 1;
      continue;
    }
    if (isFrame(file[at + 1] ?? 0)) {
      height = Math.max(height, file.readUInt16BE(at + 5));
      width = Math.max(width, file.readUInt16BE(at + 7));
    }
    at += 2 + file.readUInt16BE(at + 2);
  }
  return width > 0 && height > 0 ? { format: 'jpeg', width, height } : undefined;
}

/** Tests if a marker begins a segment with a length (ITU T.81, table B.1). */
function isSegment(marker: number): boolean {
  return marker >= 0xc0 && marker !== 0xff && !(marker >= 0xd0 && marker <= 0xd9);
}

/** Tests if a marker begins the header of a frame, which has the size. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}
