import { StagedoorError } from '../lib/errors.ts';

/** Longest form of a posted or pushed authorization request, in characters. */
export const LONGEST_REQUEST = 64 * 1024;

/** Returns the error of a longer form. It names the longest parameter. */
export function tooLongForm(form: URLSearchParams): StagedoorError {
  const [name = ''] = [...form].sort(([, a], [, b]) => b.length - a.length)[0] ?? [];
  return new StagedoorError(
    'payload_too_large',
    `The parameter ${name.slice(0, 50)} is too long: an authorization request may have ${LONGEST_REQUEST} characters.`,
  );
}
