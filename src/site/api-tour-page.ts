import type { Config } from '../config/config.ts';
import { translator } from '../http/translate.ts';
import type { Locale } from '../lib/locale.ts';
import { fillExample, partsOf } from './examples.ts';
import { createProse } from './prose.ts';
import type { SiteText } from './texts.ts';
import type { ApiTourProps } from './views.ts';

/** The tour of the management API: a script, and what each step of it is answered. */
export function presentTour({ issuer }: Config, locale: Locale): ApiTourProps {
  const [settings = '', ...steps] = partsOf(fillExample('management.sh', { issuer }));
  const answers = partsOf(fillExample('management-answers.txt', { issuer }));
  return {
    prose: createProse(translator<SiteText>(locale)),
    settings,
    steps: steps.map((code, index) => ({
      id: `step-${index + 1}`,
      title: /^# (\d+\. [^.]+)/.exec(code)?.[1] ?? '',
      code,
      answer: withoutTitle(answers[index] ?? ''),
    })),
  };
}

function withoutTitle(answer: string): string {
  return answer.replace(/^#.*\n/, '');
}
