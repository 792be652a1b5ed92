import { createEventCounts } from '../lib/event-counts.ts';
import type { RevocationReason } from './grant.ts';

/** Grants that this process has revoked; counted as in `audit/entry-counts.ts`. */
export const revocationCounts = createEventCounts<RevocationReason>([
  'revoked_by_user',
  'revoked_by_client',
  'revoked_by_operator',
  'reuse_detected',
  'leaked',
  'replaced',
]);
