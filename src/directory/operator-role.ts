import { type Operator, RIGHTS } from '../api/operator.ts';
import { StagedoorError } from '../lib/errors.ts';
import type { ProvisionedUser } from '../users/user.ts';

/** The operator that changes a user. */
export type UserEditor = Pick<Operator, 'actor' | 'rights'>;

/** Fields of a user that decide if the user is an operator who can sign in. */
type Role = Pick<ProvisionedUser, 'isOperator' | 'isActive'>;

/** Fields by which people sign in. */
const SIGN_IN_FIELDS: readonly string[] = ['email', 'password', 'upstream_subject'];

/**
 * Refuses a change that would give more rights than the operator who makes it has: users who are
 * operators may do everything in the console, reactivating one gives that back, and a new password,
 * e-mail address or upstream identity opens their account. Ending the role and deactivating need no
 * more than `directory`.
 * @param user before the change, undefined for a new user, and after it
 * @param changed names of the changed fields
 * @throws StagedoorError `forbidden`
 */
export function requireRightsOver(
  { rights }: UserEditor,
  { before, after }: { readonly before: Role | undefined; readonly after: Role },
  changed: readonly string[],
): void {
  const wasOperator = before?.isOperator === true;
  const isReactivated = after.isActive && before?.isActive === false;
  const isGiven = after.isOperator && (!wasOperator || isReactivated);
  const isOpened = wasOperator && changed.some((field) => SIGN_IN_FIELDS.includes(field));
  if ((isGiven || isOpened) && !RIGHTS.every((right) => rights.includes(right))) {
    throw new StagedoorError(
      'forbidden',
      isGiven
        ? 'Only a token with all rights can make a user an operator or reactivate one.'
        : 'This user is an operator. Only a token with all rights can change how they sign in (email, password, upstream_subject).',
    );
  }
}
