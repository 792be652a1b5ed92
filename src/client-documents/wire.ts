import { z } from 'zod';
import { component } from '../api/endpoint.ts';
import { lines } from '../api/fields.ts';
import { ordering } from '../api/query.ts';
import type { BlockedHost } from './blocked-host-store.ts';

const EXAMPLE = { reason: 'Imitates other applications.' };

/** Query of `GET /blocked-hosts/`. */
export const blockedHostQuery = z.object({ ordering: ordering(['created_at'], 'created_at') });

/** Body of `PUT /blocked-hosts/{host}/`. */
export const blockedHostBody = component(
  'BlockedHostBody',
  z.object({ reason: lines(2000).default('').describe('For the log and the applications.') }),
  EXAMPLE,
);

/** A blocked host in responses. */
export const blockedHostAnswer = component(
  'BlockedHost',
  z.object({
    host: z.string().describe('Includes its subdomains.'),
    reason: z.string(),
    created_at: z.string().meta({ format: 'date-time' }),
  }),
  { host: 'agent.example.com', ...EXAMPLE, created_at: '2026-11-02T09:30:00.000Z' },
);

/** Presents a blocked host. */
export function presentBlockedHost({
  host,
  reason,
  createdAt,
}: BlockedHost): z.infer<typeof blockedHostAnswer.schema> {
  return { host, reason, created_at: createdAt.toISOString() };
}
