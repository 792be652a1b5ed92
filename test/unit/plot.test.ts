import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { layOutPlot } from '../../src/insights/pages/statistics-presenters.ts';
import {
  NO_REQUESTS,
  requestsByDay,
  statisticsStart,
  type TimedCounts,
} from '../../src/insights/statistics.ts';

const count = (at: string, issued: number, refreshed = 0): TimedCounts => ({
  at: new Date(at),
  ...NO_REQUESTS,
  issued,
  refreshed,
});
const day = (name: string, issued: number, refreshed = 0) => ({
  day: name,
  ...NO_REQUESTS,
  issued,
  refreshed,
});
const daysOf = (
  recent: readonly TimedCounts[],
  now: Date,
  timezone: string,
  earlier = [day('', 0)],
) => requestsByDay({ recent, earlier }, { now, timezone, days: 30 });

describe('Days of the statistics', () => {
  it('are the last 30 including today, also days without a token', () => {
    const days = daysOf([], new Date('2026-03-15T12:00:00Z'), 'UTC');
    assert.equal(days.length, 30);
    assert.equal(days[0]?.day, '2026-02-14');
    assert.deepEqual(days.at(-1), day('2026-03-15', 0));
  });

  it('are in the owner’s time zone', () => {
    const counts = [count('2026-03-14T22:45:00Z', 1), count('2026-03-14T23:00:00Z', 2, 3)];
    const now = new Date('2026-03-15T12:00:00Z');
    const berlin = daysOf(counts, now, 'Europe/Berlin').slice(-2);
    assert.deepEqual(berlin, [day('2026-03-14', 1, 0), day('2026-03-15', 2, 3)]);
    const utc = daysOf(counts, now, 'UTC').slice(-2);
    assert.deepEqual(utc, [day('2026-03-14', 3, 3), day('2026-03-15', 0, 0)]);
  });

  it('have no gap and no repetition when the clock changes', () => {
    for (const now of ['2026-03-29T23:30:00Z', '2026-10-25T23:30:00Z']) {
      const days = daysOf([], new Date(now), 'Europe/Berlin').map(({ day }) => day);
      assert.equal(new Set(days).size, 30);
      assert.deepEqual(days, days.toSorted());
    }
  });

  it('are all covered by the query, in any time zone', () => {
    const now = new Date('2026-03-15T00:30:00Z');
    for (const zone of ['Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Asia/Kathmandu', 'UTC']) {
      const [first] = daysOf([], now, zone);
      assert.ok(
        statisticsStart(now, 30).getTime() <= Date.parse(`${first?.day}T00:00:00+14:00`),
        zone,
      );
    }
  });

  it('contain the requests that are counted by the day only', () => {
    const now = new Date('2026-03-15T12:00:00Z');
    const earlier = [day('2026-02-14', 4), day('2026-02-13', 1)];
    const days = daysOf([count('2026-02-14T09:00:00Z', 2)], now, 'UTC', earlier);
    assert.deepEqual(days[0], day('2026-02-14', 6));
  });

  it('are in UTC if the time zone is unknown', () => {
    const days = daysOf([], new Date('2026-03-15T12:00:00Z'), 'Mars/Olympus_Mons');
    assert.equal(days.at(-1)?.day, '2026-03-15');
  });
});

describe('Plot', () => {
  it('has a bar for each number above zero, within its frame', () => {
    const days = [day('2026-03-01', 3, 0), day('2026-03-02', 1, 480)];
    const plot = layOutPlot(days, ['issued', 'refreshed']);
    assert.equal(plot.top, 500);
    assert.equal(plot.bars.length, 3);
    for (const bar of plot.bars) {
      assert.ok(bar.x >= 0 && bar.x + bar.width <= plot.width, JSON.stringify(bar));
      assert.ok(bar.y >= 0 && bar.height > 0, JSON.stringify(bar));
      assert.equal(bar.y + bar.height, plot.height);
    }
    const tallest = plot.bars.find(({ series }) => series === 'refreshed');
    assert.equal(tallest?.height, 96);
  });

  it('ends at a round number, and has a frame without data', () => {
    const tops = [0, 1, 2, 3, 6, 10, 11, 99, 100, 101, 4999, 5001].map(
      (issued) => layOutPlot([day('2026-03-01', issued)], ['issued']).top,
    );
    assert.deepEqual(tops, [2, 2, 2, 5, 10, 10, 20, 100, 100, 200, 5000, 10_000]);
    assert.deepEqual(layOutPlot([], ['issued']).bars, []);
  });
});
