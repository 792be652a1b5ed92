import type { ClientType } from '../applications/application.ts';
import type { Endpoint } from './client-error.ts';

/** A failed request as the protocol's side hands it over. Holds no secret, token, code or verifier. */
export interface Failure {
  readonly clientId: string;
  readonly endpoint: Endpoint;
  /** The `error` that was answered. */
  readonly error: string;
  /** The `error_description` that goes with it. */
  readonly description: string | undefined;
  /** Details that the provider only logs. */
  readonly detail: string | undefined;
  readonly cause: string | undefined;
  /** With `invalid_scope`: the scope that was in the way. */
  readonly scope: string | undefined;
  /** Undefined where the request failed before anybody looked who is asking. */
  readonly client: FailedClient | undefined;
  readonly sent: SentParameters;
}

/** Application of a failed request. */
export interface FailedClient {
  readonly clientType: ClientType;
  readonly redirectUris: readonly string[];
  readonly scopes: readonly string[];
  readonly state: 'active' | 'disabled' | 'suspended';
  /** It has a valid secret. */
  readonly hasSecret: boolean;
  /** It has a public key, if the request was signed. */
  readonly hasKey: boolean;
}

/** The parameters that may be looked at: none that is secret. */
export interface SentParameters {
  readonly redirectUri: string | undefined;
  readonly responseType: string | undefined;
  readonly responseMode: string | undefined;
  readonly prompt: string | undefined;
  readonly grantType: string | undefined;
  /** All of them, separated by spaces. */
  readonly resource: string | undefined;
  readonly codeChallengeMethod: string | undefined;
  /** Characters. */
  readonly codeChallengeLength: number;
  readonly origin: string | undefined;
  /** Key ID in the header of the client assertion. */
  readonly keyId: string | undefined;
  /** Audiences of the client assertion, separated by spaces. */
  readonly audience: string | undefined;
}
