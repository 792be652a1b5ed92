import { type Finding, findingHtml } from '../../health/finding.ts';
import { type PageAnswer, render } from '../../http/page.ts';
import { view } from '../../http/view.ts';
import { type Chip, CONSOLE, penOf } from './list-view.ts';
import { operatorPage } from './operator-page.ts';

/** A check with its result. */
interface CheckProps {
  readonly title: string;
  readonly chip: Chip;
  /** HTML. */
  readonly message: string;
  /** Steps that repair it, as HTML. */
  readonly fix: string | undefined;
}

interface HealthProps {
  readonly title: string;
  readonly intro: string;
  readonly summary: string;
  readonly sound: boolean;
  readonly checks: readonly CheckProps[];
}

const healthView = view<HealthProps>('console/health');

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
    return render(healthView, {
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
            message: message,
            fix,
          };
        },
      ),
    });
  },
});
