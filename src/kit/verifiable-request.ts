import type { RequestHeaders } from './authorization-header.ts';

/** The part of a request that decides. */
export interface VerifiableRequest {
  readonly method: string;
  readonly headers: RequestHeaders;
  /** Path or URL, as the request line has it; needed for tokens that are bound to a key. */
  readonly url?: string | undefined;
  /**
   * What stands for the request where it is verified more than once, by two guards for example: its
   * proof is good for that. By default this object.
   */
  readonly source?: object | undefined;
}
