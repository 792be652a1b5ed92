import { z } from 'zod';
import { component } from '../api/endpoint.ts';
import { moment, subsetOf, time } from '../api/fields.ts';
import { RIGHTS } from '../api/operator.ts';
import { flag, ordering } from '../api/query.ts';
import { isOperatorName, NAME_RULE, type OperatorToken } from './operator.ts';

/** Query of `GET /operator-tokens/`. */
export const tokenQuery = z.object({ ordering: ordering(['created_at'], 'created_at') });

/** Query of `DELETE /operator-tokens/{id}/`. */
export const revocationQuery = z.object({
  keep_children: flag(
    '`true`: keeps the tokens that were created with it. They then belong to the creator of this token.',
  ),
});

/** Body of `POST /operator-tokens/`. */
export const tokenBody = component(
  'OperatorTokenBody',
  z.object({
    name: z
      .string()
      .trim()
      .refine(isOperatorName, NAME_RULE)
      .describe(
        `The log names its calls \`operator:<name>\`. Names are never used twice, not even after a revocation. ${NAME_RULE}`,
      ),
    rights: subsetOf(RIGHTS).meta({
      description: 'At most those of the creating token.',
      minItems: 1,
    }),
    expires_at: moment
      .nullable()
      .optional()
      .describe('Null: never. Omitted: as the creating token.'),
  }),
  { name: 'sync-job', rights: ['directory', 'read'] },
);

/** An operator token in API answers. */
export const tokenAnswer = component(
  'OperatorToken',
  z.object({
    id: z.string(),
    name: z.string(),
    last_four: z.string().describe('The last four characters of the token.'),
    rights: z.array(z.enum(RIGHTS)),
    created_by: z.string().describe('Actor that created it, as in the log.'),
    parent: z
      .string()
      .nullable()
      .describe('ID of the token that created it. Null: created without a token of this list.'),
    created_at: time,
    expires_at: time.nullable().describe('Null: never.'),
    last_used_at: time.nullable().describe('Precise to the minute.'),
  }),
  {
    id: 'Zt5rWm9QkY2xLc7VbN3pHd6S',
    name: 'sync-job',
    last_four: 'x7Qd',
    rights: ['directory', 'read'],
    created_by: 'operator:bootstrap',
    parent: null,
    created_at: '2026-11-02T09:30:00.000Z',
    expires_at: null,
    last_used_at: null,
  },
);

/** The same with the token. */
export const createdToken = component(
  'CreatedOperatorToken',
  tokenAnswer.schema.extend({ token: z.string().describe('Shown only once.') }),
  { ...tokenAnswer.example, token: 'sdo_…' },
);

/** An operator token as the API answers it, without the token. */
export function presentToken(token: OperatorToken): z.infer<typeof tokenAnswer.schema> {
  return {
    id: token.id,
    name: token.name,
    last_four: token.lastFour,
    rights: [...token.rights],
    created_by: token.createdBy,
    parent: token.parentId,
    created_at: token.createdAt.toISOString(),
    expires_at: token.expiresAt?.toISOString() ?? null,
    last_used_at: token.lastUsedAt?.toISOString() ?? null,
  };
}
