import { type Finding, findingHtml } from '../../health/finding.ts';
import { type PageAnswer, render } from '../../http/page.ts';
import { CONSOLE, penOf } from './list-view.ts';
import { operatorPage } from './operator-page.ts';

/** The worst first. */
const ORDER = ['fail', 'warn', 'skip', 'ok'] as const satisfies readonly Finding['state'][];
const KINDS = { ok: 'good', warn: 'warning', fail: 'stopped', skip: '' } as const;

/** Shows what `stagedoor doctor` says, as far as the running server can say it itself. */
export const healthPage = operatorPage({
  path: `${CONSOLE}/health`,
  show: async (request): Promise<PageAnswer> => {
    const { t, when } = penOf(request);
    const { at, findings } = await request.deps.examine();
    const count = (state: Finding['state']) => findings.filter((one) => one.state === state).length;
    const sound = count('fail') + count('warn') === 0;
    return render('console/health', {
      title: t('console.health.title'),
      intro: t('console.health.intro', { when: when(at) }),
      sound,
      summary: sound
        ? t('console.health.sound')
        : t('console.health.summary', { failed: count('fail'), warned: count('warn') }),
      checks: ORDER.flatMap((state) => findings.filter((one) => one.state === state)).map(
        (finding) => {
          const { title, message, fix } = findingHtml(finding, request.locale);
          return {
            title,
            chip: { text: t(`console.check.${finding.state}`), kind: KINDS[finding.state] },
            // Message and the steps that repair it: HTML.
            message,
            fix,
          };
        },
      ),
    });
  },
});
