import { setTimeout as sleep } from 'node:timers/promises';
import Router from '@koa/router';
import type { LeakScannerKeys } from '../config/leak-scanner-keys.ts';
import { clientAddress } from '../http/origin.ts';
import { RetryLaterError } from '../lib/errors.ts';
import { takeOrThrow } from '../limits/limit.ts';
import type { Limits } from '../limits/limits.ts';
import { sourceOf } from '../limits/source.ts';
import { endLeaked, type LeakedDeps, pickCandidates } from './end-leaked.ts';
import { readReport } from './read-report.ts';

/** Reports with a credential that can be ours, from one source in ten minutes. */
const REPORTS = { address: 60, network: 240, provider: 1200, seconds: 600 };
/** Reports without one, from one address in ten minutes, in each process: they cost no query. */
const JUNK = { points: 300, seconds: 600 };
/** Addresses that are remembered. */
const REMEMBERED = 10_000;
const TOO_MANY = 'Too many reports from this address.';
/** Milliseconds. An answer leaves at a multiple of it, so that its time tells little. */
const STEP = 250;

/**
 * Serves `POST /api/v1/oauth/leaked`: ends credentials that were found in public. Anybody may report;
 * the answer is the same whichever of them worked.
 */
export function leakedRoutes(
  deps: LeakedDeps & { readonly limits: Limits; readonly keys: LeakScannerKeys },
): Router {
  const reports = deps.limits.bySource('leaked', REPORTS);
  const countJunk = createJunkLimit();
  return new Router().post('/api/v1/oauth/leaked', async (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    const start = performance.now();
    const { values, signed } = await readReport(ctx, deps.keys);
    const candidates = pickCandidates(values);
    const address = clientAddress(ctx) ?? '';
    if (candidates.size === 0) {
      countJunk(address);
    } else {
      if (!signed) {
        await takeOrThrow(reports, address, TOO_MANY);
      }
      await endLeaked(deps, candidates);
      await sleep(STEP - ((performance.now() - start) % STEP));
    }
    ctx.body = {};
  });
}

/** @throws RetryLaterError `too_many_attempts` */
function createJunkLimit(): (address: string) => void {
  const counts = new Map<string, number>();
  let end = 0;
  return (address) => {
    const now = performance.now();
    if (now > end || counts.size >= REMEMBERED) {
      counts.clear();
      end = now + JUNK.seconds * 1000;
    }
    const source = sourceOf(address).address;
    const count = (counts.get(source) ?? 0) + 1;
    counts.set(source, count);
    if (count > JUNK.points) {
      throw new RetryLaterError('too_many_attempts', TOO_MANY, Math.ceil((end - now) / 1000));
    }
  };
}
