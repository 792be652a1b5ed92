import { crc32 } from 'node:zlib';

/** Rows in the tables of every contender. */
export const USERS = 20_000;
export const GRANTS = 50_000;
export const ORGANIZERS = 2_000;

export const CONNECTIONS = 32;

/** Browsers that authorize in turn, each with a user of its own, who has two grants before. */
export const BROWSERS = { full: 600, quick: 64 } as const;
/** Returns the ID of the user of a browser. */
export const userOfBrowser = (browser: number) => `user-${USERS - 1 - browser}`;

/** The client that a stock server knows, and the caller of its introspection. */
export const STOCK_CLIENT = { clientId: 'box-office', clientSecret: 'secret-of-the-box-office' };
export const STOCK_CALLER = { clientId: 'orders-api', clientSecret: 'secret-of-the-orders-api' };

export const REDIRECT_URI = 'https://app.example.com/callback';
/** PKCE verifier of every stored authorization code. */
export const CODE_VERIFIER = 'v'.repeat(43);
export const SCOPES: readonly string[] = ['read', 'write'];

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Returns a token in Stagedoor's format. It is computed, so that no list of tokens is needed. */
export function tokenOf(prefix: 'sda' | 'sdr', grant: number): string {
  const body = `${prefix}_${String(grant).padStart(43, '0')}`;
  let rest = crc32(body);
  let checksum = '';
  for (let position = 0; position < 6; position += 1) {
    checksum = ALPHABET[rest % 62] + checksum;
    rest = Math.floor(rest / 62);
  }
  return body + checksum;
}

export function codeOf(grant: number): string {
  return `code-${String(grant).padStart(38, '0')}`;
}
