import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A mail that the server wrote to its folder. */
export type DemoMail = ReturnType<typeof parseMail>;

/** Mails that are shown. */
const LIMIT = 20;

/**
 * Reads the newest mails to the given addresses; none if the folder is missing.
 * @param folder folder of `.eml` files, whose names begin with their time
 */
export async function readMails(folder: string, to: readonly string[]): Promise<DemoMail[]> {
  const names = await readdir(folder).catch(() => []);
  const newest = names
    .filter((name) => name.endsWith('.eml'))
    .sort()
    .reverse();
  const mails: DemoMail[] = [];
  for (const name of newest.slice(0, LIMIT * 5)) {
    const mail = await readFile(join(folder, name), 'latin1').then(parseMail, () => undefined);
    if (mail !== undefined && to.includes(mail.to) && mails.push(mail) === LIMIT) {
      break;
    }
  }
  return mails;
}

/** Reads headers and plain text of a message. `source` is its bytes as latin1. */
function parseMail(source: string) {
  const { headers, body } = splitPart(source);
  const [, boundary] = /boundary="([^"]+)"/.exec(headers.get('content-type') ?? '') ?? [];
  const parts = boundary === undefined ? [source] : body.split(`--${boundary}`).slice(1);
  const plain = parts
    .map((part) => splitPart(part.trimStart()))
    .find((part) => part.headers.get('content-type')?.startsWith('text/plain'));
  return {
    to: headers.get('to') ?? '',
    subject: headers.get('subject') ?? '',
    date: headers.get('date') ?? '',
    text: plain === undefined ? '' : decode(plain).trim(),
  };
}

function splitPart(part: string) {
  const text = part.replaceAll('\r\n', '\n');
  const end = text.indexOf('\n\n');
  const lines = text
    .slice(0, end)
    .replace(/\n[ \t]+/g, ' ')
    .split('\n');
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers.set(line.slice(0, colon).toLowerCase(), decodeWords(line.slice(colon + 1).trim()));
  }
  return { headers, body: text.slice(end + 2) };
}

function decode({ headers, body }: ReturnType<typeof splitPart>): string {
  switch (headers.get('content-transfer-encoding')) {
    case 'base64':
      return Buffer.from(body, 'base64').toString('utf8');
    case 'quoted-printable':
      return Buffer.from(unquote(body.replace(/=\n/g, '')), 'latin1').toString('utf8');
    default:
      return Buffer.from(body, 'latin1').toString('utf8');
  }
}

/** @see RFC 2047 §2 */
function decodeWords(value: string): string {
  const bytes = value
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([qb])\?([^?]*)\?=/gi, (_, encoding: string, text: string) =>
      encoding.toLowerCase() === 'b'
        ? Buffer.from(text, 'base64').toString('latin1')
        : unquote(text.replaceAll('_', ' ')),
    );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function unquote(text: string): string {
  return text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
