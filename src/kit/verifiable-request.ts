import type { RequestHeaders } from './authorization-header.ts';

/** The part of a request that decides. */
export interface VerifiableRequest {
  readonly method: string;
  readonly headers: RequestHeaders;
  /** Path or URL, as the request line has it; needed for tokens that are bound to a key. */
  readonly url?: string | undefined;
  /**
   * Identity of the request, if it is verified more than once, for example by two guards: its proof
   * is valid for all of them. By default this object.
   */
  readonly source?: object | undefined;
}
