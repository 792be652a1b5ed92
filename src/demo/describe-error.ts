import { AuthorizationResponseError, ResponseBodyError } from 'openid-client';
import type { Notice } from './session.ts';

const TEXTS = new Map<string, Omit<Notice, 'detail'>>(
  Object.entries({
    access_denied: {
      title: 'Not connected',
      text: 'The request was denied, so this application got nothing. You can try again at any time.',
    },
    invalid_scope: {
      title: 'Not connected',
      text: 'This application asked for more than it may ask for.',
    },
    invalid_client: {
      title: 'Not connected',
      text: 'The server does not know this application by its secret. Delete demo.json in the data folder and start again: the demo registers itself anew.',
    },
    invalid_grant: {
      title: 'Not connected',
      text: 'That took too long, or the answer was used before. Please try again.',
    },
    temporarily_unavailable: {
      title: 'Not connected',
      text: 'The authorization server is busy. Please try again in a moment.',
    },
  }),
);

/** A callback that belongs to nothing that was started in this browser. */
export const UNKNOWN_CALLBACK: Notice = {
  title: 'Not connected',
  text: 'This answer does not belong to a sign-in that was started here, or it was used before. Please connect again.',
};

/** Returns the notice for a failed connect, refresh or revoke. */
export function describeError(error: unknown): Notice {
  if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError) {
    const known = TEXTS.get(error.error);
    const detail = [error.error, error.error_description].filter(Boolean).join(': ');
    const text = 'The authorization server sent an error. Please try again.';
    return { ...(known ?? { title: 'Not connected', text }), detail };
  }
  return {
    title: 'The authorization server could not be reached',
    text: 'It did not answer, or not in a way that could be understood. Please try again.',
    detail: error instanceof Error ? error.message : undefined,
  };
}
