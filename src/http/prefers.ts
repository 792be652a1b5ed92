/**
 * Tests if a client prefers `special` to `usual`. It gets `usual` if it accepts both alike.
 * @param accept the header `Accept`; empty or missing accepts everything alike
 * @see RFC 9110 §12.5.1
 */
export function prefers(accept: string | undefined, special: string, usual: string): boolean {
  if (!accept) {
    return false;
  }
  const ranges = accept.toLowerCase().split(',').map(readRange);
  return qualityOf(ranges, special) > qualityOf(ranges, usual);
}

interface Range {
  readonly type: string;
  readonly quality: number;
}

function readRange(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim());
  const [, quality = '1'] = parameters.map((one) => /^q *= *(.*)$/.exec(one)).find(Boolean) ?? [];
  return { type, quality: Number(quality) || 0 };
}

/** Of the ranges that fit, the most specific one counts. */
function qualityOf(ranges: readonly Range[], type: string): number {
  const group = `${type.slice(0, type.indexOf('/'))}/*`;
  for (const pattern of [type, group, '*/*']) {
    const fitting = ranges.filter((range) => range.type === pattern);
    if (fitting.length > 0) {
      return Math.max(...fitting.map(({ quality }) => quality));
    }
  }
  return 0;
}
