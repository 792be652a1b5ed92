import { type RawBuilder, type SqlBool, sql } from 'kysely';

/** A noncharacter, which is last in UTF-8. */
const LAST_CHARACTER = '\u{10ffff}';

/**
 * Tests if a text begins with another one, by an index with `text_pattern_ops`. Compares bytes: only such an
 * index finds prefixes in every collation and with every plan.
 */
export function beginsWith(
  text: RawBuilder<unknown>,
  prefix: RawBuilder<unknown>,
): RawBuilder<SqlBool> {
  return sql<SqlBool>`${text} ~>=~ ${prefix} and ${text} ~<~ (${prefix} || ${LAST_CHARACTER}::text)`;
}
