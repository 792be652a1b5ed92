import type { ParsedUrlQuery } from 'node:querystring';
import { isThumbprint } from '../tokens/proof.ts';
import { KNOWN_PARAMETERS, type KnownParameter, type Parameters } from './authorize-request.ts';
import { asDetail } from './client-error.ts';
import { type Finding, problem, remark } from './finding.ts';

/** Parameters of OpenID Connect that have no effect here. */
export const IGNORED: readonly KnownParameter[] = [
  'acr_values',
  'claims_locales',
  'id_token_hint',
  'nonce',
  'display',
];
/** Those of which something is said where they are missing. */
const EXPECTED: ReadonlySet<string> = new Set<KnownParameter>([
  'client_id',
  'response_type',
  'redirect_uri',
  'scope',
  'state',
  'code_challenge',
  'code_challenge_method',
]);
const PROMPTS = ['none', 'login', 'consent', 'select_account'];
const RESPONSE_MODES = ['query', 'fragment', 'form_post'];
/** Maximum number of ignored parameters that are reported. */
const UNKNOWN_LIMIT = 20;

/** Checks what need not be there: the optional parameters, those of OpenID Connect, and unknown ones. */
export function checkOtherParameters(parameters: Parameters, sent: ParsedUrlQuery): Finding[] {
  return [
    ...CHECKS.flatMap(([name, check]) => {
      const value = parameters[name];
      return value === undefined ? [] : [check(value)];
    }),
    ...IGNORED.filter((name) => parameters[name] !== undefined).map((name) =>
      remark(name, 'info', 'openid_ignored', { parameter: name }),
    ),
    ...(parameters.registration === undefined
      ? []
      : [problem('registration', 'registration_unsupported')]),
    ...(['login_hint', 'ui_locales'] as const)
      .filter((name) => parameters[name] !== undefined)
      .map((name) => remark(name, 'ok', 'hint_taken')),
    ...checkUnknown(sent),
  ];
}

/** The optional parameters that have rules of their own, in the order of the report. */
const CHECKS: readonly (readonly [KnownParameter, (sent: string) => Finding])[] = [
  ['prompt', checkPrompt],
  ['approval_prompt', checkApprovalPrompt],
  ['response_mode', checkResponseMode],
  ['dpop_jkt', checkThumbprint],
  ['max_age', checkMaxAge],
];

function checkPrompt(prompt: string): Finding {
  const values = new Set(prompt.split(' ').filter(Boolean));
  if ([...values].some((value) => !PROMPTS.includes(value))) {
    return problem('prompt', 'prompt_unsupported', { sent: asDetail(prompt) });
  }
  if (!values.has('none')) {
    return remark('prompt', 'ok', 'prompt_fits');
  }
  return values.size > 1
    ? problem('prompt', 'prompt_none_not_alone')
    : remark('prompt', 'warning', 'prompt_none');
}

function checkApprovalPrompt(sent: string): Finding {
  return sent === 'force'
    ? remark('approval_prompt', 'ok', 'approval_prompt_force')
    : remark('approval_prompt', 'info', 'approval_prompt_ignored', { sent: asDetail(sent) });
}

function checkResponseMode(sent: string): Finding {
  return RESPONSE_MODES.includes(sent)
    ? remark('response_mode', 'ok', 'response_mode_fits')
    : problem('response_mode', 'response_mode_unsupported', { sent: asDetail(sent) });
}

function checkThumbprint(sent: string): Finding {
  return isThumbprint(sent)
    ? remark('dpop_jkt', 'ok', 'fits')
    : problem('dpop_jkt', 'dpop_thumbprint_malformed');
}

function checkMaxAge(sent: string): Finding {
  return /^\d{1,9}$/.test(sent)
    ? remark('max_age', 'ok', 'max_age_honored')
    : remark('max_age', 'warning', 'max_age_malformed', { sent: asDetail(sent) });
}

function checkUnknown(sent: ParsedUrlQuery): Finding[] {
  return Object.entries(sent)
    .filter(([name]) => name !== '')
    .flatMap(([name, value]) => {
      if (KNOWN_PARAMETERS.some((known) => known === name)) {
        return value === '' && !EXPECTED.has(name) ? [remark(name, 'info', 'parameter_empty')] : [];
      }
      return [checkUnknownName(name)];
    })
    .slice(0, UNKNOWN_LIMIT);
}

function checkUnknownName(name: string): Finding {
  const component = asDetail(name);
  if (name === 'client_secret') {
    return remark(component, 'warning', 'secret_in_url');
  }
  if (name === 'code_verifier') {
    return remark(component, 'warning', 'verifier_in_url');
  }
  const [, escaped] = /^amp;(.+)$/.exec(name) ?? [];
  if (escaped !== undefined) {
    return remark(component, 'warning', 'ampersand_escaped', { parameter: asDetail(escaped) });
  }
  const similar = KNOWN_PARAMETERS.find((known) => isSimilar(name, known));
  return similar === undefined
    ? remark(component, 'info', 'parameter_ignored')
    : remark(component, 'warning', 'parameter_similar', { expected: similar });
}

/** Tests if a name is a known one in another spelling, or with up to two typing errors. */
function isSimilar(name: string, known: string): boolean {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z]/g, '');
  const [a, b] = [plain(name), plain(known)];
  return a === b || (b.length > 5 && Math.abs(a.length - b.length) <= 2 && editDistance(a, b) <= 2);
}

/** Returns the number of letters to insert, delete or replace (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
