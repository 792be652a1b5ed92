import { readFileSync } from 'node:fs';

/** Parts that Pico CSS has rules for and no page has. A test looks for them in the pages. */
export const UNUSED = {
  elements: ['audio', 'canvas', 'dialog', 'hgroup', 'iframe', 'progress', 'samp', 'video'],
  classes: ['container', 'container-fluid', 'contrast', 'dropdown', 'overflow-auto', 'striped'],
  attributes: [
    ...['aria-busy', 'aria-label=breadcrumb', 'data-placement', 'data-tooltip', 'dir=rtl'],
    ...['role=group', 'role=link', 'role=search', 'role=switch', 'type=color', 'type=range'],
  ],
} as const;

/** Elements that look as our rules say, without those of Pico CSS. */
const RESTYLED = ['article', 'aside', 'nav'];

const words = (list: readonly string[]) => `(?:${list.join('|')})(?![\\w-])`;
const UNUSED_SELECTOR = new RegExp(
  [
    `(?:^|[\\s>(])${words([...UNUSED.elements, ...RESTYLED])}`,
    `\\.${words(UNUSED.classes)}`,
    `\\[${words(UNUSED.attributes)}`,
    // Pages follow the browser's colors.
    '\\[data-theme=',
    ':host',
    '\\.modal-is',
  ].join('|'),
);

/**
 * Returns Pico CSS without the rules that no page needs, and without custom properties that neither
 * its rules nor ours use. Rules for the role of a button are for the class `button`.
 * @param own our style sheets
 */
export function baseStyle(own: string): string {
  const file = new URL(import.meta.resolve('@picocss/pico/css/pico.min.css'));
  // A link that looks like a button stays a link: it has our class, and not the role.
  const css = readFileSync(file, 'utf8').replaceAll('[role=button]', '.button');
  const [start = '', license = ''] = /^[^{]*?(\/\*![\s\S]*?\*\/)/.exec(css) ?? [];
  const rules = rulesOf(css.slice(start.length)).map(withoutUnused).join('');
  return license + withoutUnusedProperties(rules, own);
}

function withoutUnusedProperties(css: string, own: string): string {
  const used = new Set((css + own).match(/(?<=var\()--[\w-]+/g));
  const shorter = css.replace(/(--[\w-]+):(?:"[^"]*"|[^;}"])*(?:;|(?=\}))/g, (all, name) =>
    used.has(name) ? all : '',
  );
  // One that is gone may have been the only one to use another.
  return shorter.length === css.length ? css : withoutUnusedProperties(shorter, own);
}

/** Splits minified CSS into rules, each with its braces. */
function rulesOf(css: string): string[] {
  const rules: string[] = [];
  let [depth, start] = [0, 0];
  for (const { 0: brace, index } of css.matchAll(/[{}]/g)) {
    depth += brace === '{' ? 1 : -1;
    if (depth === 0) {
      rules.push(css.slice(start, index + 1));
      start = index + 1;
    }
  }
  return rules;
}

function withoutUnused(rule: string): string {
  const brace = rule.indexOf('{');
  const [head, body] = [rule.slice(0, brace), rule.slice(brace + 1, -1)];
  if (/^@(media|supports)/.test(head)) {
    const rules = rulesOf(body).map(withoutUnused).join('');
    return rules === '' ? '' : `${head}{${rules}}`;
  }
  const used = alternatives(head).filter((one) => !UNUSED_SELECTOR.test(necessary(one)));
  return used.length === 0 ? '' : `${used.join(',')}{${body}}`;
}

/** Splits a list of selectors at the commas that are not in parentheses. */
function alternatives(list: string): string[] {
  const found: string[] = [];
  let [depth, start] = [0, 0];
  for (const { 0: sign, index } of list.matchAll(/[(),]/g)) {
    if (sign !== ',') {
      depth += sign === '(' ? 1 : -1;
    } else if (depth === 0) {
      found.push(list.slice(start, index));
      start = index + 1;
    }
  }
  return [...found, list.slice(start)];
}

/** Returns the selector without what an element need not have: exceptions, and one of several. */
function necessary(selector: string): string {
  return selector
    .replace(/:not\([^()]*\)/g, '')
    .replace(/:not\([^()]*\)/g, '')
    .replace(/:(?:is|where|has)\([^()]*,[^()]*\)/g, '');
}
