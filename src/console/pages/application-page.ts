import { z } from 'zod';
import type { Application } from '../../applications/application.ts';
import { resumeApplication, suspendApplication } from '../../applications/change-state.ts';
import { deleteApplication } from '../../applications/delete-application.ts';
import { logoPath, pictureUrl } from '../../applications/picture.ts';
import { askOwner, QUESTION_LIMIT, reviewApplication } from '../../applications/review.ts';
import {
  type ReviewState,
  selectReviewedLogo,
  selectReviewState,
} from '../../applications/review-store.ts';
import { findApplication } from '../../applications/store.ts';
import type { Tx } from '../../db/transaction.ts';
import { noFields, text } from '../../http/form.ts';
import { type Page, render, seeOther } from '../../http/page.ts';
import { found, StagedoorError } from '../../lib/errors.ts';
import { isUnprintableInLines, turnsDirection } from '../../lib/printable.ts';
import { selectOtherOperators } from '../../users/user-store.ts';
import {
  applicationChips,
  applicationPath,
  compareWithReview,
  ownerOf,
  reviewWarnings,
} from './application-presenters.ts';
import { confirmPage } from './confirm-page.ts';
import { CONSOLE, type Fact, noticeOf, type Pen, penOf, shown } from './list-view.ts';
import { type OperatorPageDeps, type OperatorRequest, operatorPage } from './operator-page.ts';

const PATH = `${CONSOLE}/applications/:clientId`;

/** Shows an application, what has changed since its review, and what an operator can do. */
export const applicationPage = operatorPage({
  path: PATH,
  show: async (request) => {
    const application = await openApplication(request);
    const state = await selectReviewState(request.deps.db, application.clientId);
    const pen = penOf(request);
    const { clientId, ownerId, suspendedAt, reviewedAt, version } = application;
    const others =
      ownerId === request.user.id
        ? await selectOtherOperators(request.deps.db, ownerId)
        : undefined;
    const comparison = compareWithReview(application, state, pen);
    const hasNewLogo = comparison.changes.some(({ isLogo }) => isLogo);
    const reviewedLogo = hasNewLogo ? await selectReviewedLogo(request.deps.db, clientId) : null;
    return render('console/application', {
      title: shown(application.name),
      path: applicationPath(clientId),
      chips: applicationChips(application, pen),
      facts: factsOf(application, state, pen),
      picture: pictureUrl(application),
      comparison,
      // URLs for a change of the logo.
      logos: {
        // Of no address: one that its owner has removed is gone for everybody else.
        before:
          reviewedLogo && `data:image/png;base64,${Buffer.from(reviewedLogo).toString('base64')}`,
        after: application.logo && logoPath(application.logo),
      },
      warnings: reviewWarnings(request.deps.config, application, pen),
      // Version to approve; undefined if it is reviewed.
      version: reviewedAt === null ? version : undefined,
      suspended: suspendedAt !== null,
      // A sentence for operators about an application of their own.
      own: others && ownText(others, pen),
      mayDecide: others === undefined || others.length === 0,
      mayAsk: reviewedAt === null && ownerId !== null && others === undefined,
      question: state.question,
      questionLimit: QUESTION_LIMIT,
      grantsPath: `${CONSOLE}/grants?application=${encodeURIComponent(clientId)}`,
      ownerPath: ownerId === null ? undefined : `${CONSOLE}/users/${ownerId}`,
      notice: noticeOf(request, pen),
    });
  },
});

function ownText(others: readonly string[], { t }: Pen): string {
  const names = others.map(shown).join(', ');
  return others.length === 0 ? t('console.own.alone') : t('console.own.others', { names });
}

function factsOf(application: Application, state: ReviewState, pen: Pen): Fact[] {
  const { t, when } = pen;
  const { description, homepageUrl, privacyPolicyUrl, termsUrl } = application;
  const { fingerprint, suspensionReason } = application;
  const optional: [string, string | null][] = [
    [t('console.field.description'), description],
    [t('console.field.homepage'), homepageUrl],
    [t('console.field.privacy'), privacyPolicyUrl],
    [t('console.field.terms'), termsUrl],
    [t('console.field.fingerprint'), fingerprint],
    [t('console.field.suspension'), suspensionReason],
    [t('console.field.requested'), state.requestedAt && when(state.requestedAt)],
    [t('console.field.last_review'), state.lastReviewedAt && when(state.lastReviewedAt)],
  ];
  return [
    [t('console.field.client_id'), [application.clientId]],
    [t('console.field.owner'), [ownerOf(application, pen)]],
    [t('console.field.client_type'), [t(`applications.type.${application.clientType}.short`)]],
    [t('console.field.require_pkce'), [t(application.requirePkce ? 'console.yes' : 'console.no')]],
    [t('console.field.redirect_uris'), application.redirectUris.map(shown)],
    [t('console.field.scopes'), [...application.scopes]],
    ...optional
      .filter(([, value]) => value)
      .map(([label, value]): [string, string[]] => [label, [shown(value ?? '')]]),
    [t('console.field.created'), [when(application.createdAt)]],
  ];
}

/** @throws StagedoorError `not_found` */
async function openApplication({ deps, params }: OperatorRequest): Promise<Application> {
  return found(
    await findApplication(deps.db, params.clientId ?? ''),
    'There is no such application.',
  );
}

/** Marks the version that the operator saw as reviewed. */
export const approvePage = action('review', z.object({ version: text }), async (act) => {
  const version = /^[1-9]\d{0,8}$/.test(act.form.version) ? Number(act.form.version) : 0;
  try {
    await reviewApplication(act.tx, act.deps.config, act.actor, act.clientId, version);
    return 'reviewed';
  } catch (error) {
    if (error instanceof StagedoorError && error.code === 'precondition_failed') {
      return 'changed_meanwhile';
    }
    throw error;
  }
});

/** Asks the owner something. */
export const askPage = action('ask', z.object({ question: text }), async (act) => {
  const question = readLines(act.form.question);
  if (question === '') {
    return 'question_missing';
  }
  if (question === undefined) {
    return 'text_refused';
  }
  return orOnConflict('not_asked', async () => {
    await askOwner(act.tx, act.actor, act.clientId, question);
    return 'asked';
  });
});

export const suspendPage = action('suspend', z.object({ reason: text }), async (act) => {
  const reason = readLines(act.form.reason);
  if (reason === undefined) {
    return 'text_refused';
  }
  await suspendApplication(act.tx, act.actor, act.clientId, reason);
  return 'suspended';
});

/** Returns a text of several lines; undefined if it is too long or has characters that do not print. */
function readLines(value: string): string | undefined {
  const lines = value.replaceAll('\r\n', '\n').trim();
  const refused =
    lines.length > QUESTION_LIMIT || isUnprintableInLines(lines) || turnsDirection(lines);
  return refused ? undefined : lines;
}

/** Ends the suspension. */
export const resumePage = action('resume', noFields, async (act) => {
  await resumeApplication(act.tx, act.actor, act.clientId);
  return 'resumed';
});

/** Deletes the application, after a confirmation and a recent sign-in. */
export const deletePage = confirmPage({
  path: `${PATH}/delete`,
  section: 'applications',
  what: 'delete_application',
  describe: async (request) => shown((await openApplication(request)).name),
  back: ({ params }) => applicationPath(params.clientId ?? ''),
  submit: async ({ tx, actor, params }) => {
    const { clientId = '' } = params;
    return orOnConflict(`${applicationPath(clientId)}?notice=not_deleted`, async () => {
      await deleteApplication(tx, actor, clientId);
      return `${CONSOLE}/applications?notice=deleted`;
    });
  },
});

/** Returns a value for work that another operator, or the state of the application, forbids. */
async function orOnConflict(refused: string, work: () => Promise<string>): Promise<string> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StagedoorError && error.code === 'conflict') {
      return refused;
    }
    throw error;
  }
}

function action<Form>(
  verb: string,
  form: z.ZodType<Form>,
  run: (
    request: OperatorRequest & { readonly form: Form; readonly tx: Tx; readonly clientId: string },
  ) => Promise<string>,
): Page<OperatorPageDeps> {
  return operatorPage({
    path: `${PATH}/${verb}`,
    show: ({ params }) => seeOther(applicationPath(params.clientId ?? '')),
    post: {
      form,
      submit: async (request) => {
        const { clientId = '' } = request.params;
        const notice = await run({ ...request, clientId }).catch((error: unknown) => {
          if (error instanceof StagedoorError && error.code === 'forbidden') {
            return 'own_application';
          }
          throw error;
        });
        return seeOther(`${applicationPath(clientId)}?notice=${notice}`);
      },
    },
  });
}
