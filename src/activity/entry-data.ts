import { z } from 'zod';

const text = z.string().optional().catch(undefined);
const list = z.array(z.string()).catch([]);
const flag = z.literal(true).optional().catch(undefined);
const organizers = z
  .array(
    z.object({
      slug: z.string(),
      name: z.union([z.string(), z.record(z.string(), z.string())]),
    }),
  )
  .catch([]);

/** Everything that a sentence may need. What is missing or not as expected counts as not there. */
export const entryData = z.object({
  application: text,
  scopes: list,
  organizers,
  /** Names of the API services that the authorization is limited to. */
  apis: list,
  removed_scopes: list,
  removed_organizers: organizers,
  ends_at: z.iso
    .datetime({ offset: true })
    .transform((at) => new Date(at))
    .optional()
    .catch(undefined),
  /** IDs of earlier grants; of many, the first ones. */
  replaced: list,
  replaced_count: z.number().int().catch(0),
  reason: text,
  changed: list,
  review_reset: flag,
  new_device: flag,
  removed: flag,
  method: text,
  label: text,
  last_four: text,
  email: text,
  email_before: text,
  email_after: text,
  client_type: text,
  count: z.number().int().catch(0),
});

/** The data of an entry, as far as it is understood. */
export type EntryData = z.infer<typeof entryData>;

/**
 * Fields on which the sentence of an entry and its advice depend. Entries that differ in one of them are
 * never folded into one line.
 */
export const LIKENESS_FIELDS = [
  'application',
  'reason',
  'changed',
  'new_device',
  'removed',
  'count',
] as const satisfies readonly (keyof EntryData)[];

/** The only data that sentences and advice may read. */
export type LikenessData = Pick<EntryData, (typeof LIKENESS_FIELDS)[number]>;

/** Reads the data of an entry; never throws, since other versions may have written it. */
export function readEntryData(data: unknown): EntryData {
  return entryData.parse(typeof data === 'object' && data !== null ? data : {});
}
