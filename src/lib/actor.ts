/** The user, client or operator that caused a change, or the server itself. */
export type Actor = `user:${string}` | `client:${string}` | `operator:${string}` | 'system';

/** Longest User-Agent that is kept, in characters; `http/origin.ts` cuts it. */
export const USER_AGENT_LIMIT = 300;

/** Address and User-Agent header of a request. */
export interface Origin {
  readonly ip: string | undefined;
  readonly userAgent: string | undefined;
}
