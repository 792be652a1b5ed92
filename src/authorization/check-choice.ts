import { hash } from 'node:crypto';
import { ORGANIZERS_PER_GRANT } from '../grants/grant.ts';
import type { Choice } from './choice.ts';
import type { ConsentRequest } from './describe.ts';
import { findExceeding, usableToday, wantsOrganizers } from './earlier.ts';

/** A form that allows a request. */
export interface Allowance extends Choice {
  /** The API services that the page named, by `digestOfApis`; empty: the form does not say. */
  readonly apis: string;
  /** The earlier grants that the page knew, by `digestOfEarlier`; empty: the form does not say. */
  readonly earlier: string;
}

/** Problems of a choice, by part of the page. */
export interface ChoiceErrors {
  readonly apis?: 'changed';
  readonly previous?: 'changed';
  readonly scopes?: 'required' | 'foreign' | 'empty';
  readonly organizers?: 'required' | 'foreign' | 'too_many';
}

/**
 * Checks what was posted against what was asked for and against the directory as it is now. What
 * is not the user's is refused, never dropped in silence.
 * @returns undefined where the choice can be taken
 */
export function checkChoice(request: ConsentRequest, choice: Allowance): ChoiceErrors | undefined {
  const requested = new Set(request.scopes.map((scope) => scope.name));
  const theirs = new Set(request.organizers?.map((organizer) => organizer.slug));
  const isEmpty = choice.scopes.some((scope) => request.emptyScopes.has(scope));
  const scopes = isEmpty ? 'empty' : problem(choice.scopes, requested, true);
  const wanted = wantsOrganizers(request, choice.scopes);
  const organizers =
    wanted && choice.organizers.length > ORGANIZERS_PER_GRANT
      ? 'too_many'
      : problem(choice.organizers, theirs, wanted);
  const isOther = choice.apis !== '' && choice.apis !== digestOfApis(request.resources);
  const isUnasked =
    choice.earlier !== '' &&
    choice.earlier !== digestOfEarlier(request) &&
    findExceeding(request, choice).length > 0;
  return scopes === undefined && organizers === undefined && !isOther && !isUnasked
    ? undefined
    : {
        ...(isOther && { apis: 'changed' }),
        ...(scopes && { scopes }),
        ...(organizers && { organizers }),
        ...(isUnasked && { previous: 'changed' }),
      };
}

/**
 * Returns a digest of what earlier grants allow today. If the user gives one in another tab while the
 * page is open, or joins an organizer of one again, the page has not asked about that.
 */
export function digestOfEarlier(request: ConsentRequest): string {
  const today = usableToday(request);
  const allowed = request.earlier.map(({ id, scopes, organizers, endsAt }) => [
    id,
    scopes.filter((scope) => today.scopes.has(scope)),
    organizers.filter((slug) => today.organizers.has(slug)),
    endsAt,
  ]);
  return hash('sha256', JSON.stringify(allowed), 'base64url');
}

/**
 * Returns a digest of the API services that the page names. A resource can move to another service
 * while the page is open: the user has not allowed that one.
 */
export function digestOfApis(resources: ConsentRequest['resources']): string {
  const services = resources.map(({ key, clientId, name }) => [key, clientId, name]);
  return hash('sha256', JSON.stringify(services), 'base64url');
}

function problem(
  chosen: readonly string[],
  offered: ReadonlySet<string>,
  required: boolean,
): 'required' | 'foreign' | undefined {
  if (!chosen.every((one) => offered.has(one))) {
    return 'foreign';
  }
  return required && chosen.length === 0 ? 'required' : undefined;
}
