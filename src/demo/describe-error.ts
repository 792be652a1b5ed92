import { AuthorizationResponseError, ResponseBodyError } from 'openid-client';
import type { Notice } from './session.ts';

const TEXTS = new Map<string, Omit<Notice, 'detail'>>(
  Object.entries({
    access_denied: {
      title: 'Not connected',
      text: 'You denied the request. You can try again at any time.',
    },
    invalid_scope: {
      title: 'Not connected',
      text: 'The app requested a scope for which it is not registered.',
    },
    invalid_client: {
      title: 'Not connected',
      text: 'The client secret of the app is wrong. Delete demo.json in the data folder and restart: the demo registers itself again.',
    },
    invalid_grant: {
      title: 'Not connected',
      text: 'The code has expired or was used before. Please try again.',
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
  text: 'This response does not belong to a sign-in that started here, or it was used before. Please connect again.',
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
    title: 'The authorization server is unreachable',
    text: 'It did not respond, or its response was invalid. Please try again.',
    detail: error instanceof Error ? error.message : undefined,
  };
}
