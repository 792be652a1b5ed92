import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, EmbeddedJWK, errors, type JWTPayload, jwtVerify } from 'jose';
import { PROOF_ALGORITHMS } from './challenge.ts';

/** Request that a proof has to match. */
export interface ProofSubject {
  readonly method: string;
  /** The URL of the request, as the application called it. */
  readonly url: string;
  readonly token: string;
}

/** A proof that is good for one request. */
export interface Proof {
  /** Thumbprint of the key that made it. @see RFC 7638 */
  readonly jkt: string;
  /** ID of the proof, unique for its key. */
  readonly jti: string;
  /** Seconds for which it stays good. */
  readonly secondsLeft: number;
}

/** Seconds that the clock of the application may be off, in either direction. */
const WINDOW = 60;
/** Characters. */
const LONGEST = 8192;

/**
 * Checks all of a proof but what it takes the server or a memory for: whether its key is the one
 * that the token is bound to, and whether it was used before.
 * @see RFC 9449 §4.3
 * @throws ProofError with the reason
 */
export async function readProof(text: string, subject: ProofSubject): Promise<Proof> {
  const { payload, protectedHeader } = await verify(text);
  const { jti, iat = 0, htm, htu, ath } = payload;
  if (typeof jti !== 'string' || jti === '') {
    throw new ProofError('jti is missing');
  }
  if (htm !== subject.method) {
    throw new ProofError('htm is not the method of this request');
  }
  if (typeof htu !== 'string' || !URL.canParse(htu) || bare(htu) !== bare(subject.url)) {
    throw new ProofError('htu is not the URL of this request');
  }
  if (ath !== createHash('sha256').update(subject.token).digest('base64url')) {
    throw new ProofError('ath is not the hash of this access token');
  }
  // `verify` has imported it as a public key.
  const jkt = await calculateJwkThumbprint(protectedHeader.jwk ?? {});
  // Times are compared in whole seconds.
  return { jkt, jti, secondsLeft: iat + WINDOW + 1 - Date.now() / 1000 };
}

/** A proof that proves nothing. The message is for the application that made it. */
export class ProofError extends Error {
  override readonly name = 'ProofError';
}

async function verify(text: string) {
  if (text.length > LONGEST) {
    throw new ProofError('it is too long');
  }
  try {
    return await jwtVerify<JWTPayload & { htm?: unknown; htu?: unknown; ath?: unknown }>(
      text,
      EmbeddedJWK,
      {
        typ: 'dpop+jwt',
        algorithms: [...PROOF_ALGORITHMS],
        maxTokenAge: 0,
        clockTolerance: WINDOW,
      },
    );
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) {
      throw new ProofError(error.message, { cause: error });
    }
    // A key that is not on the algorithm's curve: neither library has one error class for that.
    throw new ProofError('its key or signature is not valid', { cause: error });
  }
}

/** Without query and fragment. @see RFC 9449 §4.3, point 9 */
function bare(text: string): string {
  const url = new URL(text);
  url.search = '';
  url.hash = '';
  return url.href;
}
