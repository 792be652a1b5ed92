import type { Tx } from '../../db/transaction.ts';
import { noFields } from '../../http/form.ts';
import { type Page, render, seeOther } from '../../http/page.ts';
import { penOf, type Section } from './list-view.ts';
import { type OperatorPageDeps, type OperatorRequest, operatorPage } from './operator-page.ts';

/** Makes a page that confirms what can't be undone; it requires a recent sign-in. */
export function confirmPage(page: {
  readonly path: string;
  readonly section: Section;
  readonly what: 'delete_application' | 'delete_server' | 'revoke_grant' | 'revoke_token';
  /** Names what it is about. @throws StagedoorError `not_found` */
  readonly describe: (request: OperatorRequest) => Promise<string>;
  readonly back: (request: OperatorRequest) => string;
  /** Returns where to go. */
  readonly submit: (request: OperatorRequest & { readonly tx: Tx }) => Promise<string>;
}): Page<OperatorPageDeps> {
  const { path, section, what, describe, back, submit } = page;
  return operatorPage({
    path,
    recent: true,
    show: async (request) => {
      const { t } = penOf(request);
      return render('console/confirm', {
        section,
        title: t(`console.${what}.title`),
        text: t(`console.${what}.text`),
        button: t(`console.${what}`),
        subject: await describe(request),
        action: request.ctx.path,
        back: back(request),
      });
    },
    post: { form: noFields, submit: async (request) => seeOther(await submit(request)) },
  });
}
