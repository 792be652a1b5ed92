import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { deriveKey } from '../../lib/encryption.ts';

/** Details that a program registers of itself, and that its client ID contains. */
export interface DynamicClient {
  readonly name: string;
  /** Sorted; those on loopback without a port. */
  readonly redirectUris: readonly string[];
}

/** Makes client IDs that contain their client, and reads them. */
export interface ClientIds {
  /** Returns the client ID; always the same one for the same client and key. */
  make(client: DynamicClient): string;
  /** Reads a client ID; undefined if it was changed, or if its key is no longer in `COOKIE_KEYS`. */
  read(clientId: string): DynamicClient | undefined;
}

/** Version of the form. A new one gets another number, and the old one is still read. */
const PREFIX = 'dyn1.';
const FORM = /^dyn1\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{22})$/;
/** Bytes of the authentication code, which are 22 characters: enough against guesses, which each cost a request. */
const CODE_BYTES = 16;

const contents = z.tuple([z.string()], z.string());

/** Tests by its form if a client ID comes from dynamic registration. */
export function isDynamicClientId(clientId: string): boolean {
  return clientId.startsWith(PREFIX);
}

/**
 * Client IDs that stand for a registration without a stored row: the details in readable form, and an
 * authentication code over them.
 * @param secrets `COOKIE_KEYS`: the first one makes client IDs, all are accepted
 */
export function createClientIds(secrets: readonly string[]): ClientIds {
  const keys = secrets.map((secret) => deriveKey(secret, 'dynamic client'));
  const [first] = keys;
  if (first === undefined) {
    throw new Error('client IDs need a key');
  }
  return {
    make: ({ name, redirectUris }) => {
      const payload = Buffer.from(JSON.stringify([name, ...redirectUris])).toString('base64url');
      return `${PREFIX}${payload}.${codeOf(first, payload)}`;
    },
    read: (clientId) => {
      const [, payload = '', sent = ''] = FORM.exec(clientId) ?? [];
      // As text, because several texts decode to the same bytes.
      const isOurs = (key: Buffer) =>
        timingSafeEqual(Buffer.from(codeOf(key, payload)), Buffer.from(sent));
      if (sent === '' || !keys.some(isOurs)) {
        return undefined;
      }
      const text = Buffer.from(payload, 'base64url').toString('utf8');
      const [name, ...redirectUris] = contents.parse(JSON.parse(text));
      return { name, redirectUris };
    },
  };
}

function codeOf(key: Buffer, payload: string): string {
  return createHmac('sha256', key)
    .update(PREFIX + payload)
    .digest()
    .subarray(0, CODE_BYTES)
    .toString('base64url');
}
