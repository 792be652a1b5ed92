import type { ParsedUrlQuery } from 'node:querystring';
import { resourceKey } from '../lib/resource-uri.ts';
import type { CheckedAgainst } from './authorize-request.ts';
import { asDetail } from './client-error.ts';
import { type Finding, problem, remark } from './finding.ts';

const NAME = 'resource';

/** Returns the resources that a query names; only this parameter may be repeated. */
export function readResources(sent: ParsedUrlQuery): string[] {
  return [...new Set([sent[NAME] ?? []].flat())].filter((uri) => uri !== '');
}

/**
 * Checks each `resource`, and says which API services the tokens would be for.
 * @see RFC 8707 §2
 */
export function checkResourceParameter(
  { resources }: Pick<CheckedAgainst, 'resources'>,
  sent: ParsedUrlQuery,
): Finding[] {
  const asked = readResources(sent);
  const findings = asked.flatMap((uri) => {
    const key = resourceKey(uri);
    if (key === undefined) {
      return [problem(NAME, 'resource_invalid', { sent: asDetail(uri) })];
    }
    return resources.has(key) ? [] : [problem(NAME, 'resource_unknown', { sent: asDetail(uri) })];
  });
  if (findings.length > 0 || asked.length === 0) {
    return findings;
  }
  const names = asked.flatMap((uri) => resources.get(resourceKey(uri) ?? '') ?? []);
  return [remark(NAME, 'ok', 'resource_fits', { apis: names.map(asDetail) })];
}
