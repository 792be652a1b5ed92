import { noFields } from '../../http/form.ts';
import { seeOther } from '../../http/page.ts';
import { countMails, retryFailedMails, selectUndelivered } from '../../mail/outbox-store.ts';
import { retryMail } from '../../mail/retry-mail.ts';
import { CONSOLE, penOf, renderList, shown, sliceOf } from './list-view.ts';
import { operatorPage } from './operator-page.ts';

const PATH = `${CONSOLE}/mails`;

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
        meta: [
          mail.kind,
          pen.when(mail.createdAt),
          pen.t('console.mails.attempts', { count: mail.attempts }),
        ],
        facts: [[pen.t('console.mails.error'), shown(mail.lastError ?? '')]],
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
      await retryMail(tx, params.id ?? '');
      return seeOther(`${PATH}?notice=retried`);
    },
  },
});
