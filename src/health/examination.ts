import type { Config } from '../config/config.ts';
import type { Database } from '../db/database.ts';
import { checkDatabase } from './check-database.ts';
import { broken, checksOf, type NamedCheck } from './checks.ts';
import { type Check, type Finding, fail } from './finding.ts';

/** Milliseconds after which a check is reported as failed; it is not waited for any longer. */
const LIMIT = 8_000;
/** Milliseconds for which findings are shown again, so that reloading a page costs nothing. */
const FRESH = 30_000;

/** Findings of all checks and the time at which they began. */
export interface Report {
  readonly at: Date;
  readonly findings: readonly Finding[];
}

/** Returns the checks of a running server. */
export function serverChecks(database: Database, config: Config): readonly NamedCheck[] {
  return checksOf(config, () => checkDatabase(database, config));
}

/**
 * Returns a function that runs checks of a running server side by side. Any number of calls within
 * 30 seconds share one run, which ends after 8 seconds. Never rejects.
 * @param now milliseconds
 */
export function createExamination(
  checks: readonly NamedCheck[],
  { limit = LIMIT, now = Date.now }: { readonly limit?: number; readonly now?: () => number } = {},
): () => Promise<Report> {
  let latest: { readonly at: number; readonly report: Promise<Report> } | undefined;
  return () => {
    const at = now();
    if (latest === undefined || at - latest.at >= FRESH) {
      latest = { at, report: examine(checks, limit, new Date(at)) };
    }
    return latest.report;
  };
}

async function examine(checks: readonly NamedCheck[], limit: number, at: Date): Promise<Report> {
  const findings = await Promise.all(
    checks.map(([name, check]) => withinLimit(name, check, limit)),
  );
  return { at, findings: findings.flat() };
}

async function withinLimit(
  name: Check,
  check: () => Promise<readonly Finding[]>,
  limit: number,
): Promise<readonly Finding[]> {
  const { promise: late, resolve } = Promise.withResolvers<readonly Finding[]>();
  const finding = fail('health.check.late', { seconds: limit / 1000 }, name);
  const timer = setTimeout(() => resolve([finding]), limit);
  try {
    return await Promise.race([check(), late]);
  } catch (error) {
    return [broken(name, error)];
  } finally {
    clearTimeout(timer);
  }
}
