import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { cookieName, readCookie } from '../http/cookies.ts';
import { seal, unseal } from '../lib/encryption.ts';

const trial = z.object({
  /** The owner. */
  userId: z.string(),
  sessionUid: z.string(),
  clientId: z.string(),
  state: z.string(),
  /** PKCE verifier. */
  verifier: z.string(),
  /** Time in milliseconds. */
  endsAt: z.number(),
});

/**
 * A run of the authorization flow that the owner of an application began, with a redirect URI of this
 * server. It exists only in an encrypted cookie of the owner's browser.
 */
export type Trial = Readonly<z.infer<typeof trial>>;

/** Seconds that the owner has for sign-in and consent. */
export const TRIAL_SECONDS = 900;

/** Longest cookie that is decrypted. */
const LONGEST = 2_000;

/** Returns the redirect URI of trials of an application. It is not registered for it. */
export function trialUri(issuer: string, clientId: string): string {
  return `${issuer}/account/applications/${clientId}/try/return`;
}

/** Begins a trial. */
export function newTrial(of: Pick<Trial, 'userId' | 'sessionUid' | 'clientId'>): Trial {
  return {
    ...of,
    state: randomBytes(16).toString('base64url'),
    verifier: randomBytes(32).toString('base64url'),
    endsAt: Date.now() + TRIAL_SECONDS * 1000,
  };
}

/** Returns the PKCE S256 challenge of a trial. */
export function challengeOf({ verifier }: Pick<Trial, 'verifier'>): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

/** Returns the name of the cookie with a trial of an application. */
export function trialCookie(secure: boolean, clientId: string): string {
  return cookieName(secure, 'trial', clientId);
}

/** Encrypts a trial for the cookie. */
export function sealTrial(key: string, begun: Trial): string {
  return seal(key, purpose(begun.clientId), JSON.stringify(begun)).toString('base64url');
}

/**
 * Reads the trial of an application from the header `Cookie`; undefined if the browser has none, or it
 * has ended.
 */
export function readTrial(
  { cookieKeys, secure }: { readonly cookieKeys: readonly string[]; readonly secure: boolean },
  header: string | undefined,
  clientId: string,
): Trial | undefined {
  const sealed = readCookie(header, trialCookie(secure, clientId));
  if (sealed === undefined || sealed.length > LONGEST) {
    return undefined;
  }
  for (const key of cookieKeys) {
    try {
      const text = unseal(key, purpose(clientId), Buffer.from(sealed, 'base64url'));
      const read = trial.parse(JSON.parse(text));
      return read.endsAt > Date.now() && read.clientId === clientId ? read : undefined;
    } catch {
      // Encrypted with another key, or not by this server.
    }
  }
  return undefined;
}

function purpose(clientId: string): string {
  return `trial of ${clientId}`;
}
