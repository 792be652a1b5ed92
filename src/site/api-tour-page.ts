import type { Config } from '../config/config.ts';
import type { Page } from '../http/page.ts';
import { translator } from '../http/translate.ts';
import { escapeHtml } from '../lib/html.ts';
import type { Locale } from '../lib/locale.ts';
import { fillSteps, presentSteps } from './examples.ts';
import { type GuideChapter, type GuideProps, presentDocument } from './guide.ts';
import { readGuide } from './guide-document.ts';
import { type SiteDeps, staticPage } from './site-page.ts';
import type { SiteText } from './texts.ts';

/** The tour of the management API: a script, and the response to each of its steps. */
export function apiTourPage(config: Config): Page<SiteDeps> {
  return staticPage('/docs/api/tour', 'docs/guide', (locale) => presentTour(config, locale));
}

function presentTour({ issuer }: Config, locale: Locale): GuideProps {
  const t = translator<SiteText>(locale);
  const [settings = '', ...steps] = presentSteps('management.sh', { issuer });
  const [, ...texts] = fillSteps('management.sh', { issuer });
  const answers = presentSteps('management-answers.txt', { issuer });
  const document = readGuide('api-tour', locale, { values: {} });
  const page = presentDocument(document, { 'script-settings': settings });
  const chapters = steps.map((code, index): GuideChapter => {
    const id = `step-${index + 1}`;
    const title = /^# (\d+\. [^.]+)/.exec(texts[index] ?? '')?.[1] ?? '';
    const answer = (answers[index] ?? '').replace(/^.*\n/, '');
    const script = { id: `script-${id}`, label: `${t('apidocs.curl')}: ${title}`, code };
    const response = { id: `answer-${id}`, label: `${t('tour.answer')}: ${title}`, code: answer };
    // The comments of the script are English.
    return {
      id,
      title: escapeHtml(title),
      lang: 'en',
      parts: answer === '' ? [script] : [script, response],
    };
  });
  return { ...page, chapters: [...page.chapters, ...chapters] };
}
