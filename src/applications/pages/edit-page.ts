import type { z } from 'zod';
import { text } from '../../http/form.ts';
import { oneOf, type PageAnswer, seeOther } from '../../http/page.ts';
import { type Translate, translator } from '../../http/translate.ts';
import { ValidationError } from '../../lib/errors.ts';
import { isReviewed } from '../application.ts';
import type { ApplicationText } from '../texts.ts';
import { selectOutgoingTransfer } from '../transfer-store.ts';
import { ChangedMeanwhileError, updateOwnApplication } from '../update.ts';
import {
  type ApplicationField,
  type ApplicationFormValues,
  applicationForm,
  type FormErrors,
  valuesOf,
} from './application-form.ts';
import { APPLICATIONS, type OwnerRequest, openApplication, ownerPage } from './owner-page.ts';
import { presentForm } from './present-form.ts';
import { presentScopes, renderOwn } from './presenters.ts';
import { readApplicationForm, refusedFields } from './read-application-form.ts';

/** Results of a change, shown above the form. */
export const NOTICES = [
  'transfer_offered',
  'transfer_withdrawn',
  'logo_saved',
  'logo_removed',
] as const;

/** State of the form, which has no client type: that can't be changed. */
interface EditState {
  readonly values: ApplicationFormValues;
  /** Version that the form shows: a save fails if the application has changed since. */
  readonly updatedAt: string;
  readonly errors: FormErrors<ApplicationField>;
  /** Fields that were changed since, and their values now. Nothing has been saved. */
  readonly meanwhile?: readonly CurrentValue[];
  readonly signInAgain?: true;
}

interface CurrentValue {
  readonly field: ApplicationField;
  readonly now: string;
}

const form = applicationForm.extend({ updated_at: text });

type Posted = OwnerRequest & { readonly form: z.output<typeof form> };

const PATH = `${APPLICATIONS}/:clientId/edit`;

export const editPage = ownerPage({
  path: PATH,
  recent: true,
  show: (request) => {
    const { application } = request.own;
    const updatedAt = application.updatedAt.toISOString();
    return showForm(request, { values: valuesOf(application), updatedAt, errors: {} });
  },
  post: {
    form,
    prepare: (request) => {
      const t = translator<ApplicationText>(request.locale);
      const { details, errors } = readApplicationForm(request.deps.config, t, valuesIn(request));
      return details ?? showTyped(request, { errors }, 400);
    },
    submit: async ({ tx, deps, actor, clientId, home, form: { updated_at }, input, origin }) => {
      const { customSchemes } = deps.config;
      const expected = new Date(updated_at);
      await updateOwnApplication(tx, actor, clientId, expected, input, origin, customSchemes);
      return seeOther(`${home}?notice=saved`);
    },
    signInAgain,
    retry,
  },
});

/** Shows the posted form again, with verdicts and preview. Changes nothing. */
export const editPreviewPage = ownerPage({
  path: `${PATH}/preview`,
  recent: true,
  show: ({ home }) => seeOther(`${home}/edit`),
  post: { form, answer: (request) => showTyped(request, {}, 200), signInAgain },
});

function signInAgain(request: Posted): Promise<PageAnswer> {
  return showTyped(request, { signInAgain: true }, 403);
}

function retry(request: Posted, error: unknown): Promise<PageAnswer> {
  if (error instanceof ValidationError) {
    return showTyped(request, { errors: refusedFields(error) }, 400);
  }
  if (error instanceof ChangedMeanwhileError) {
    return showMeanwhile(request, error.fields);
  }
  throw error;
}

function valuesIn({ own: { application }, form }: Posted): ApplicationFormValues {
  return { ...form, client_type: application.clientType };
}

/** Shows what was saved in another tab beside what was typed. */
async function showMeanwhile(posted: Posted, changed: readonly string[]): Promise<PageAnswer> {
  const request = { ...posted, ...(await openApplication(posted)) };
  const now = currentValues(request);
  const meanwhile = changed.flatMap((name) => now.filter((one) => one.name === name));
  const updatedAt = request.own.application.updatedAt.toISOString();
  return showTyped(request, { updatedAt, meanwhile }, 409);
}

/** Describes the value of each field; `name` is that of `ApplicationDetails`. */
function currentValues({
  deps,
  locale,
  own: { application },
}: OwnerRequest): (CurrentValue & { readonly name: string })[] {
  const t: Translate<ApplicationText> = translator(locale);
  const scopes = presentScopes(deps.config, locale)
    .filter(({ name }) => application.scopes.includes(name))
    .map(({ text }) => text);
  const pkce = application.requirePkce
    ? 'applications.pkce.required'
    : 'applications.pkce.optional';
  const fields: readonly [string, ApplicationField, string | null][] = [
    ['name', 'name', application.name],
    ['description', 'description', application.description],
    ['homepageUrl', 'homepage_url', application.homepageUrl],
    ['privacyPolicyUrl', 'privacy_policy_url', application.privacyPolicyUrl],
    ['termsUrl', 'terms_url', application.termsUrl],
    ['redirectUris', 'redirect_uris', application.redirectUris.join('\n')],
    ['scopes', 'scopes', scopes.join('\n')],
    ['requirePkce', 'require_pkce', t(pkce)],
  ];
  return fields.map(([name, field, now]) => ({
    name,
    field,
    now: now || t('applications.meanwhile.empty'),
  }));
}

function showTyped(
  request: Posted,
  state: Partial<Omit<EditState, 'values'>>,
  status: number,
): Promise<PageAnswer> {
  const typed = { values: valuesIn(request), updatedAt: request.form.updated_at, errors: {} };
  return showForm(request, { ...typed, ...state }, status);
}

async function showForm(
  request: OwnerRequest,
  state: EditState,
  status = 200,
): Promise<PageAnswer> {
  const { deps, own, clientId, home, query, ctx } = request;
  const transfer = await selectOutgoingTransfer(deps.db, clientId);
  const props = {
    ...state,
    action: `${home}/edit`,
    previewAction: `${home}/edit/preview`,
    cancel: home,
    ...presentForm(request, state.values, {
      // A change ends the review.
      reviewed: ctx.method === 'GET' && isReviewed(own.application),
      logo: own.application.logo,
    }),
    notice: oneOf(NOTICES, query.notice),
    // The owner's switch. A suspended application may be switched on.
    switchedOn: own.application.isActive,
    // Email address of the user to whom the application is offered.
    transferTo: transfer?.email ?? null,
  };
  return renderOwn(request, 'applications/edit', props, status);
}
