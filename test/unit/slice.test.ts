import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFromNearerEnd, type Slice } from '../../src/db/slice.ts';

test('A slice is the same when read from either end, and skips at most half of the rows', async () => {
  for (const count of [0, 1, 2, 49, 50, 51, 99, 100, 101, 250]) {
    const all = Array.from({ length: count }, (_, n) => n);
    for (const direction of ['asc', 'desc'] as const) {
      const ordered = direction === 'asc' ? all : all.toReversed();
      for (const limit of [1, 7, 50]) {
        for (let offset = 0; offset <= count + 60; offset += 1) {
          const passed: number[] = [];
          const read = async (from: 'asc' | 'desc', slice: Slice) => {
            passed.push(slice.offset);
            const rows = from === 'asc' ? all : all.toReversed();
            return rows.slice(slice.offset, slice.offset + slice.limit);
          };
          const rows = await readFromNearerEnd({ limit, offset }, count, direction, read);
          assert.deepEqual(rows, ordered.slice(offset, offset + limit));
          assert.ok(passed.every((rows) => rows <= count / 2));
        }
      }
    }
  }
});
