import { createEventCounts } from '../lib/event-counts.ts';
import type { AuditAction } from './event.ts';

/**
 * Entries that this process has added to the log, also those of transactions that failed afterwards.
 * All servers of a process share it: passing a counter to each state change would change all of them.
 */
export const entryCounts = createEventCounts<AuditAction>([]);
