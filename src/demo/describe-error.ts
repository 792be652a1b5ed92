import { AuthorizationResponseError, ResponseBodyError } from 'openid-client';
import type { Notice } from './session.ts';
import type { Texts } from './texts.ts';

/** Returns the notice for a callback that belongs to nothing that was started in this browser. */
export function unknownCallback({ notices }: Texts): Notice {
  return { title: notices.notConnected, text: notices.unknownCallback };
}

/** Returns the notice for a failed connect, refresh or revoke. */
export function describeError({ notices }: Texts, error: unknown): Notice {
  if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError) {
    const known = new Map(Object.entries(notices.byError)).get(error.error);
    const detail = [error.error, error.error_description].filter(Boolean).join(': ');
    return { title: notices.notConnected, text: known ?? notices.unknown, detail };
  }
  return {
    title: notices.unreachable,
    text: notices.unreachableText,
    detail: error instanceof Error ? error.message : undefined,
  };
}
