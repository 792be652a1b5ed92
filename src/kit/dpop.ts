import { createHash } from 'node:crypto';
import { valuesOf } from './authorization-header.ts';
import type { Challenge } from './challenge.ts';
import { type Proof, ProofError, readProof } from './proof.ts';
import { proofInvalid } from './refusal.ts';
import { createReplayMemory, type ReplayStore } from './replay.ts';
import type { VerifiableRequest } from './verifiable-request.ts';

/** Settings for tokens that are bound to a key. @see RFC 9449 */
export interface DPoPOptions {
  /**
   * The URL under which applications call this API: `https://api.example.com`, with what a proxy
   * takes off the path, if it does so; or a function that returns the whole URL of a request. It is
   * not taken from the request: a proof that was meant for another API would be good here as well.
   */
  readonly url: PublicUrl;
  /**
   * Proofs to remember at most, so that none is used twice; 100000 by default. One is remembered
   * for a minute or two. The proofs of one user, and those of one key, fill half of it at most: beyond
   * that, only requests of this user or with this key are refused. This memory is **of one process**: if
   * an API runs in several, a proof is good once in each of them, unless they share a `replay` store.
   */
  readonly entries?: number | undefined;
  /** A memory that several processes share. */
  readonly replay?: ReplayStore | undefined;
  /**
   * Called for each request that was refused because its proof had been used before: the client
   * sent it twice, or another party copied it. By default nothing is called.
   */
  readonly onReplay?: ((proof: ReplayedProof) => void) | undefined;
}

/** A proof that was used before. */
export interface ReplayedProof {
  /** Thumbprint of the key that signed it. @see RFC 7638 */
  readonly jkt: string;
  /** The user of the token that it came with. */
  readonly user: string;
}

/** Checks the proofs of requests. */
export interface ProofCheck {
  /** @throws RefusedError `proof_invalid` */
  read(request: VerifiableRequest, token: string, challenge: Challenge): Promise<Proof>;
  /**
   * Records the proof. Call it last, for a token that is bound to the proof's key, so that invented
   * proofs fill no memory.
   * @throws RefusedError `proof_invalid` if it was used before
   */
  use(request: VerifiableRequest, proof: Proof, challenge: Challenge, user: string): Promise<void>;
}

const ENTRIES = 100_000;

/** Prepares the check of proofs. */
export function createProofCheck(options: DPoPOptions): ProofCheck {
  const { replay = createReplayMemory(options.entries ?? ENTRIES) } = options;
  /** Proof of each request that was let in. */
  const used = new WeakMap<object, string>();
  return {
    read: async (request, token, challenge) => {
      const [text, ...others] = valuesOf(request.headers, 'dpop');
      if (text === undefined || others.length > 0) {
        throw proofInvalid(challenge, 'there must be exactly one DPoP header');
      }
      const url = publicUrlOf(options.url, request);
      try {
        return await readProof(text, { method: request.method, url, token });
      } catch (error) {
        throw error instanceof ProofError ? proofInvalid(challenge, error.message) : error;
      }
    },
    use: async (request, proof, challenge, user) => {
      const source = request.source ?? request;
      const id = createHash('sha256').update(`${proof.jkt} ${proof.jti}`).digest('base64url');
      if (used.get(source) === id) {
        return;
      }
      if (!(await replay.remember(id, proof.secondsLeft, user, proof.jkt))) {
        options.onReplay?.({ jkt: proof.jkt, user });
        throw proofInvalid(challenge, 'it was used before');
      }
      used.set(source, id);
    },
  };
}

/** The URL under which applications call this API; see `DPoPOptions.url`. */
export type PublicUrl = string | ((request: VerifiableRequest) => string);

/**
 * Returns the URL as the application called it. Ignores the request's host: a proof for another
 * API, sent here with that API's name, would pass.
 * @throws TypeError if the request has no path
 */
function publicUrlOf(publicUrl: PublicUrl, request: VerifiableRequest): string {
  if (typeof publicUrl === 'function') {
    return publicUrl(request);
  }
  if (request.url === undefined) {
    throw new TypeError('verify needs the url of a request to check its DPoP proof.');
  }
  return publicUrl.replace(/\/$/, '') + pathOf(request.url);
}

/** Of what the request line says: most often a path, from a proxy a URL. */
function pathOf(url: string): string {
  const [path = ''] = url.split(/[?#]/, 1);
  return path.startsWith('/') ? path : new URL(path).pathname;
}
