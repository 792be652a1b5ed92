import { type Operator, RIGHTS } from '../api/operator.ts';
import { StagedoorError } from '../lib/errors.ts';

/** The operator that changes a user. */
export type UserEditor = Pick<Operator, 'actor' | 'rights'>;

/** Fields by which people sign in. */
const SIGN_IN_FIELDS: readonly string[] = ['email', 'password', 'upstream_subject'];

/**
 * Refuses a change that would give more rights than the operator who makes it has: users who are
 * operators may do everything in the console, and a new password, e-mail address or upstream
 * identity opens their account. Ending the role and deactivating need no more than `directory`.
 * @param changed names of the changed fields
 * @throws StagedoorError `forbidden`
 */
export function requireRightsOver(
  { rights }: UserEditor,
  user: { readonly before: boolean; readonly after: boolean },
  changed: readonly string[],
): void {
  const isGiven = user.after && !user.before;
  const isOpened = user.before && changed.some((field) => SIGN_IN_FIELDS.includes(field));
  if ((isGiven || isOpened) && !RIGHTS.every((right) => rights.includes(right))) {
    throw new StagedoorError(
      'forbidden',
      isGiven
        ? 'Only a token with all rights can make a user an operator.'
        : 'This user is an operator. Only a token with all rights can change how they sign in (email, password, upstream_subject).',
    );
  }
}
