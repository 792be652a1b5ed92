import { setTimeout as sleep } from 'node:timers/promises';
import Router from '@koa/router';
import type { LeakScannerKeys } from '../config/leak-scanner-keys.ts';
import { clientAddress } from '../http/origin.ts';
import { takeOrThrow } from '../limits/limit.ts';
import type { Limits } from '../limits/limits.ts';
import { createLocalLimit } from '../limits/local-limit.ts';
import { endLeaked, type LeakedDeps, pickCandidates } from './end-leaked.ts';
import { readReport } from './read-report.ts';

/** Reports with a credential that can be ours, from one source in ten minutes. */
const REPORTS = { address: 60, network: 240, provider: 1200, seconds: 600 };
/** Reports without one, from one address in ten minutes, in each process: they cost no query. */
const JUNK = { points: 300, seconds: 600 };
const TOO_MANY = 'Too many reports from this address.';
/** Milliseconds. A response is sent at a multiple of it, so that its time reveals little. */
const STEP = 250;

/**
 * Serves `POST /api/v1/oauth/leaked`: ends credentials that were found in public. Anybody may report;
 * the answer is the same whichever of them worked.
 */
export function leakedRoutes(
  deps: LeakedDeps & { readonly limits: Limits; readonly keys: LeakScannerKeys },
): Router {
  const reports = deps.limits.bySource('leaked', REPORTS);
  const countJunk = createLocalLimit(JUNK, TOO_MANY);
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
