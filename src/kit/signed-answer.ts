import { createHash } from 'node:crypto';
import { decodeJwt } from 'jose';
import {
  type AuthorizationServer,
  allowInsecureRequests,
  type Client,
  processIntrospectionResponse,
  validateApplicationLevelSignature,
} from 'oauth4webapi';
import { explain } from './unavailable.ts';

/** Media type of a signed introspection answer. */
export const SIGNED_ANSWER = 'application/token-introspection+jwt';

/** The question that an answer has to belong to. */
export interface SignedQuestion {
  readonly token: string;
  /** Random, sent along. */
  readonly nonce: string;
}

/**
 * Reads a signed introspection answer: for this service, by this server, to this question. Its keys
 * are those of the server's metadata.
 * @see RFC 9701 §5
 * @throws Error when it is none
 */
export async function readSignedAnswer(
  server: AuthorizationServer,
  client: Client,
  { token, nonce }: SignedQuestion,
  response: Response,
  signal: AbortSignal,
): Promise<unknown> {
  const jwt = await response.text();
  const { status, headers } = response;
  const signed = new Response(jwt, { status, headers });
  const json = await processIntrospectionResponse(server, client, signed);
  await validateApplicationLevelSignature(server, signed, {
    signal,
    [allowInsecureRequests]: true,
  }).catch((error: unknown) => {
    const explained = explain(error, server.jwks_uri ?? '');
    // A bad signature is a defect of the answer, not of the place where the keys are.
    throw explained.code === 'bad_answer' ? error : explained;
  });
  // An earlier answer, and the answer about another token, have a good signature too.
  // Its nonce proves that it is new, whatever the clock of this machine says.
  const { ath, nonce: answered } = decodeJwt(jwt);
  if (ath !== createHash('sha256').update(token).digest('base64url') || answered !== nonce) {
    throw new Error('it belongs to another question. Check that Stagedoor is as new as this kit');
  }
  return json;
}
