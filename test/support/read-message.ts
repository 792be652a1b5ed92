/** The decoded parts of an RFC 5322 message that users see. */
export interface ReadMessage {
  /** Names in lower case; repeated headers are joined by a line break. */
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
  readonly html: string;
}

/** Parses a message with one text and one HTML part. `source` is its bytes as latin1. */
export function parseMessage(source: string): ReadMessage {
  const { headers, body } = splitPart(source);
  const boundary = /boundary="([^"]+)"/.exec(headers.get('content-type') ?? '')?.[1];
  const parts = boundary === undefined ? [] : body.split(`--${boundary}`).slice(1, -1).map(decode);
  return {
    headers,
    text: parts.find(({ type }) => type.startsWith('text/plain'))?.content ?? '',
    html: parts.find(({ type }) => type.startsWith('text/html'))?.content ?? '',
  };
}

function decode(part: string): { type: string; content: string } {
  const { headers, body } = splitPart(part.replace(/^\r\n/, ''));
  const type = headers.get('content-type') ?? '';
  const encoding = headers.get('content-transfer-encoding');
  if (encoding === 'base64') {
    return { type, content: Buffer.from(body, 'base64').toString('utf8') };
  }
  return { type, content: encoding === 'quoted-printable' ? quotedPrintable(body) : body };
}

function splitPart(part: string): { headers: Map<string, string>; body: string } {
  const end = part.indexOf('\r\n\r\n');
  const headers = new Map<string, string>();
  for (const line of part
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')) {
    const [, name = '', value = ''] = /^([^:]+): ?(.*)$/.exec(line) ?? [];
    const key = name.toLowerCase();
    const before = headers.get(key);
    headers.set(key, before === undefined ? words(value) : `${before}\n${words(value)}`);
  }
  return { headers, body: part.slice(end + 4) };
}

/** @see RFC 2047 §2 */
function words(value: string): string {
  return value
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([qb])\?([^?]*)\?=/gi, (_, encoding: string, text: string) =>
      encoding.toLowerCase() === 'b'
        ? Buffer.from(text, 'base64').toString('latin1')
        : bytes(text.replaceAll('_', ' ')),
    )
    .replace(/[\x80-\xff]+/g, (text) => Buffer.from(text, 'latin1').toString('utf8'));
}

function quotedPrintable(body: string): string {
  return Buffer.from(bytes(body.replace(/=\r\n/g, '')), 'latin1').toString('utf8');
}

function bytes(text: string): string {
  return text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
