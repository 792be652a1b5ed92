import { type PageAnswer, render, seeOther } from '../../http/page.ts';
import { translator } from '../../http/translate.ts';
import { StagedoorError, ValidationError } from '../../lib/errors.ts';
import { type UserRequest, userPageAbout } from '../../sessions/pages/user-page.ts';
import {
  assertRoomForOne,
  mayRegister,
  registerApplication,
  TooManyApplicationsError,
} from '../register.ts';
import type { ApplicationText } from '../texts.ts';
import {
  type ApplicationField,
  type ApplicationFormValues,
  applicationForm,
  emptyValues,
  type FormErrors,
} from './application-form.ts';
import { APPLICATIONS, type ApplicationPagesDeps } from './owner-page.ts';
import { presentForm } from './present-form.ts';
import { readApplicationForm, refusedFields } from './read-application-form.ts';
import { toStartPage } from './secret-cookie.ts';

type Request = UserRequest<ApplicationPagesDeps>;

const PATH = `${APPLICATIONS}/new`;
const PREVIEW = `${PATH}/preview`;

/** Registers an application and shows its client ID and first secret. */
export const registerPage = userPageAbout(openRegistration, {
  path: PATH,
  show: (request) => showForm(request, { values: emptyValues(request.deps.config), errors: {} }),
  post: {
    form: applicationForm,
    prepare: async (request) => {
      const { deps, user, form: values, locale, ctx } = request;
      const t = translator<ApplicationText>(locale);
      const { details, errors } = readApplicationForm(deps.config, t, values);
      if (details === undefined) {
        return showForm(request, { values, errors }, 400);
      }
      const verdict = await deps.registrations.take(user.id);
      if (verdict.allowed) {
        return details;
      }
      ctx.set('Retry-After', String(verdict.retrySeconds));
      const count = Math.ceil(verdict.retrySeconds / 60);
      const refusal = t('applications.new.too_fast', { count });
      return showForm(request, { values, errors: {}, refusal }, 429);
    },
    submit: async ({ tx, deps, user, actor, input, origin }) => {
      await assertRoomForOne(tx, deps.config, user.id);
      const details = { ...input, ownerId: user.id };
      const { application, clientSecret } = await registerApplication(
        tx,
        actor,
        details,
        origin,
        deps.config.customSchemes,
      );
      const of = { userId: user.id, clientId: application.clientId };
      return toStartPage(deps, of, 'registered', clientSecret);
    },
    retry: async (request, error) => {
      const { deps, user, form: values, locale } = request;
      await deps.registrations.giveBack(user.id);
      if (error instanceof ValidationError) {
        return showForm(request, { values, errors: refusedFields(error) }, 400);
      }
      if (error instanceof TooManyApplicationsError) {
        const count = deps.config.applicationsPerOwner;
        const refusal = translator<ApplicationText>(locale)('applications.new.too_many', { count });
        return showForm(request, { values, errors: {}, refusal }, 409);
      }
      throw error;
    },
  },
});

/** Shows the posted form again, with verdicts and preview. Registers nothing. */
export const registerPreviewPage = userPageAbout(openRegistration, {
  path: PREVIEW,
  show: () => seeOther(PATH),
  post: {
    form: applicationForm,
    answer: (request) => showForm(request, { values: request.form, errors: {} }),
  },
});

/** @throws StagedoorError `forbidden` for a POST if only operators register applications */
async function openRegistration({ deps, user, ctx }: Request): Promise<object> {
  if (mayRegister(deps.config, user)) {
    return {};
  }
  if (ctx.method === 'POST') {
    throw new StagedoorError('forbidden', 'Only operators register applications on this server.');
  }
  // The list explains why.
  return seeOther(APPLICATIONS);
}

function showForm(
  request: Request,
  state: {
    readonly values: ApplicationFormValues;
    readonly errors: FormErrors<ApplicationField>;
    /** Reason for registering nothing although the form is correct, and what to do. */
    readonly refusal?: string;
  },
  status = 200,
): PageAnswer {
  const props = {
    ...state,
    action: PATH,
    previewAction: PREVIEW,
    cancel: APPLICATIONS,
    ...presentForm(request, state.values, { reviewed: false, logo: null }),
    // Applications work for their owner only until an operator has reviewed them.
    approval: request.deps.config.registration === 'approval',
  };
  return render('applications/new', props, status);
}
