import { z } from 'zod';
import { text } from '../../http/form.ts';
import { oneOf, type PageAnswer, render, seeOther } from '../../http/page.ts';
import { type Translate, translator } from '../../http/translate.ts';
import { view } from '../../http/view.ts';
import { ValidationError } from '../../lib/errors.ts';
import { SignInTooOldError } from '../../sessions/pages/user-page.ts';
import { isReviewed } from '../application.ts';
import type { ApplicationText } from '../texts.ts';
import { outgoingTransfer } from '../transfer.ts';
import { ChangedMeanwhileError, updateOwnApplication } from '../update.ts';
import {
  type ApplicationField,
  type ApplicationFormProps,
  type ApplicationFormValues,
  applicationForm,
  valuesOf,
} from './application-form.ts';
import { APPLICATIONS, type OwnerRequest, openApplication, ownerPage } from './owner-page.ts';
import { presentForm } from './present-form.ts';
import { type ApplicationHeader, presentHeader, presentScopes } from './presenters.ts';
import { readApplicationForm, refusedFields } from './read-application-form.ts';

/** Results of a change, shown above the form. */
export const NOTICES = [
  'transfer_offered',
  'transfer_withdrawn',
  'logo_saved',
  'logo_removed',
] as const;

/** Form for an existing application, without its client type. Also posts `updated_at`. */
interface EditProps extends ApplicationFormProps {
  readonly application: ApplicationHeader;
  /** Failed requests within 24 hours. */
  readonly failures: number;
  /** Version that the form shows: a save fails if the application has changed since. */
  readonly updatedAt: string;
  /** Fields that were changed since, and their values now. Nothing has been saved. */
  readonly meanwhile?: readonly CurrentValue[] | undefined;
  readonly signInAgain?: boolean | undefined;
  readonly notice: (typeof NOTICES)[number] | undefined;
  /** The owner's switch. A suspended application may be switched on. */
  readonly switchedOn: boolean;
  /** Email address of the user to whom the application is offered. */
  readonly transferTo: string | null;
}

interface CurrentValue {
  readonly field: ApplicationField;
  readonly now: string;
}

const editView = view<EditProps>('applications/edit');

const form = applicationForm.and(z.object({ updated_at: text }));

type Posted = OwnerRequest & { readonly form: z.output<typeof form> };

const PATH = `${APPLICATIONS}/:clientId/edit`;

/** Edits an application. */
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
    submit: async ({ tx, deps, actor, user, clientId, home, form: { updated_at }, ...rest }) => {
      const { input, origin } = rest;
      const { customSchemes } = deps.config;
      const expected = readDate(updated_at);
      await updateOwnApplication(
        tx,
        actor,
        user.id,
        clientId,
        expected,
        input,
        origin,
        customSchemes,
      );
      return seeOther(`${home}?notice=saved`);
    },
    retry,
  },
});

/** Shows the posted form again, with verdicts and preview. Changes nothing. */
export const editPreviewPage = ownerPage({
  path: `${PATH}/preview`,
  recent: true,
  show: ({ home }) => seeOther(`${home}/edit`),
  post: { form, answer: (request) => showTyped(request, {}, 200), retry },
});

function retry(request: Posted, error: unknown): Promise<PageAnswer> {
  if (error instanceof SignInTooOldError) {
    return showTyped(request, { signInAgain: true }, 403);
  }
  if (error instanceof ValidationError) {
    return showTyped(request, { errors: refusedFields(error) }, 400);
  }
  if (error instanceof ChangedMeanwhileError) {
    return showMeanwhile(request, error.fields);
  }
  throw error;
}

/** The client type can't be changed. */
function valuesIn({ own: { application }, form }: Posted): ApplicationFormValues {
  return { ...form, clientType: application.clientType };
}

/** Returns a date that is too old if the form has none: the form is shown again. */
function readDate(updatedAt: string): Date {
  const date = new Date(updatedAt);
  return Number.isNaN(date.getTime()) ? new Date(0) : date;
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
  state: Partial<Pick<EditProps, 'updatedAt' | 'errors' | 'meanwhile' | 'signInAgain'>>,
  status: number,
): Promise<PageAnswer> {
  const typed = { values: valuesIn(request), updatedAt: request.form.updated_at, errors: {} };
  return showForm(request, { ...typed, ...state }, status);
}

async function showForm(
  { deps, user, locale, own, clientId, home, query, ctx }: OwnerRequest,
  state: Pick<EditProps, 'values' | 'updatedAt' | 'errors' | 'meanwhile' | 'signInAgain'>,
  status = 200,
): Promise<PageAnswer> {
  const transfer = await outgoingTransfer(deps.db, clientId);
  const props = {
    ...state,
    application: presentHeader(own.application),
    failures: own.recentFailures,
    action: `${home}/edit`,
    previewAction: `${home}/edit/preview`,
    cancel: home,
    ...presentForm({ config: deps.config, locale }, state.values, {
      fullName: user.fullName,
      // A change ends the review.
      reviewed: ctx.method === 'GET' && isReviewed(own.application),
      logo: own.application.logo,
    }),
    notice: oneOf(NOTICES, query.notice),
    switchedOn: own.application.isActive,
    transferTo: transfer?.email ?? null,
  };
  return render(editView, props, status);
}
