import { noFields } from '../../http/form.ts';
import { seeOther } from '../../http/page.ts';
import { StagedoorError } from '../../lib/errors.ts';
import { ownValue } from '../../lib/own-value.ts';
import type { MailKind, UndeliveredMail } from '../../mail/mail.ts';
import { countMails, retryFailedMails, selectUndelivered } from '../../mail/outbox-store.ts';
import { retryMail } from '../../mail/retry-mail.ts';
import type { ConsoleText } from '../texts.ts';
import { CONSOLE, joined, type Pen, penOf, renderList, shown, sliceOf } from './list-view.ts';
import { operatorPage } from './operator-page.ts';

const PATH = `${CONSOLE}/mails`;

const KINDS: Readonly<Record<MailKind, ConsoleText>> = {
  authorized: 'console.mail.authorized',
  reuse_detected: 'console.mail.reuse_detected',
  leaked: 'console.mail.leaked',
  revoked_by_operator: 'console.mail.revoked_by_operator',
  application_deleted: 'console.mail.application_deleted',
  access_ending: 'console.mail.access_ending',
  application_changed: 'console.mail.application_changed',
  application_failing: 'console.mail.application_failing',
  review_waiting: 'console.mail.review_waiting',
  password_changed: 'console.mail.password_changed',
  email_changed: 'console.mail.email_changed',
  identity_changed: 'console.mail.identity_changed',
  new_device: 'console.mail.new_device',
};

/** Names the kind of a mail; one of a later version goes by its own name. */
function kindOf({ kind }: UndeliveredMail, { t }: Pen): string {
  const key = ownValue(KINDS, kind);
  return key === undefined ? kind : t(key);
}

/** Lists mails that were given up, without their content. */
export const mailsPage = operatorPage({
  path: PATH,
  show: async (request) => {
    const { db } = request.deps;
    const pen = penOf(request);
    const { failed } = await countMails(db);
    const { entries: mails } = await selectUndelivered(db, sliceOf(request), { failed: true });
    return renderList(request, {
      section: 'mails',
      count: failed,
      ...(failed > 1 && {
        all: { label: pen.t('console.mails.retry_all'), post: `${PATH}/retry` },
      }),
      rows: mails.map((mail) => ({
        title: shown(mail.recipient),
        below: joined(kindOf(mail, pen), pen.t('console.mails.attempts', { count: mail.attempts })),
        facts: [
          [pen.t('console.mails.error'), [shown(mail.lastError ?? '')]],
          [pen.t('console.mails.created'), [pen.when(mail.createdAt)]],
        ],
        action: { label: pen.t('console.mails.retry'), post: `${PATH}/${mail.id}/retry` },
      })),
    });
  },
});

/** Sends all mails that were given up again. */
export const retryAllPage = operatorPage({
  path: `${PATH}/retry`,
  show: () => seeOther(PATH),
  post: {
    form: noFields,
    submit: async ({ tx }) => {
      await retryFailedMails(tx);
      return seeOther(`${PATH}?notice=retried`);
    },
  },
});

/** Sends a mail that was given up again. */
export const retryPage = operatorPage({
  path: `${PATH}/:id/retry`,
  show: () => seeOther(PATH),
  post: {
    form: noFields,
    submit: async ({ tx, params }) => {
      await retryMail(tx, params.id ?? '').catch((error: unknown) => {
        // Another operator was faster.
        if (!(error instanceof StagedoorError && error.code === 'conflict')) {
          throw error;
        }
      });
      return seeOther(`${PATH}?notice=retried`);
    },
  },
});
