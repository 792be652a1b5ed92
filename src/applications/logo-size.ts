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
