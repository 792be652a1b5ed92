import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { layOutPlot } from '../../src/insights/pages/plot.ts';
import { statisticsStart, tokensByDay } from '../../src/insights/statistics.ts';

const count = (at: string, issued: number, refreshed = 0) => ({
  at: new Date(at),
  issued,
  refreshed,
});

describe('Days of the statistics', () => {
  it('are the last 30 including today, also days without a token', () => {
    const days = tokensByDay([], new Date('2026-03-15T12:00:00Z'), 'UTC');
    assert.equal(days.length, 30);
    assert.equal(days[0]?.day, '2026-02-14');
    assert.deepEqual(days.at(-1), { day: '2026-03-15', issued: 0, refreshed: 0 });
  });

  it('are in the owner’s time zone', () => {
    const counts = [count('2026-03-14T22:45:00Z', 1), count('2026-03-14T23:00:00Z', 2, 3)];
    const now = new Date('2026-03-15T12:00:00Z');
    const berlin = tokensByDay(counts, now, 'Europe/Berlin').slice(-2);
    assert.deepEqual(berlin, [
      { day: '2026-03-14', issued: 1, refreshed: 0 },
      { day: '2026-03-15', issued: 2, refreshed: 3 },
    ]);
    const utc = tokensByDay(counts, now, 'UTC').slice(-2);
    assert.deepEqual(utc, [
      { day: '2026-03-14', issued: 3, refreshed: 3 },
      { day: '2026-03-15', issued: 0, refreshed: 0 },
    ]);
  });

  it('have no gap and no repetition when the clock changes', () => {
    for (const now of ['2026-03-29T23:30:00Z', '2026-10-25T23:30:00Z']) {
      const days = tokensByDay([], new Date(now), 'Europe/Berlin').map(({ day }) => day);
      assert.equal(new Set(days).size, 30);
      assert.deepEqual(days, days.toSorted());
    }
  });

  it('are all covered by the query, in any time zone', () => {
    const now = new Date('2026-03-15T00:30:00Z');
    for (const zone of ['Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Asia/Kathmandu', 'UTC']) {
      const [first] = tokensByDay([], now, zone);
      assert.ok(statisticsStart(now).getTime() <= Date.parse(`${first?.day}T00:00:00+14:00`), zone);
    }
  });

  it('are in UTC if the time zone is unknown', () => {
    const days = tokensByDay([], new Date('2026-03-15T12:00:00Z'), 'Mars/Olympus_Mons');
    assert.equal(days.at(-1)?.day, '2026-03-15');
  });
});

describe('Plot', () => {
  it('has a bar for each number above zero, within its frame', () => {
    const days = [
      { day: '2026-03-01', issued: 3, refreshed: 0 },
      { day: '2026-03-02', issued: 1, refreshed: 480 },
    ];
    const plot = layOutPlot(days);
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
      (issued) => layOutPlot([{ day: '2026-03-01', issued, refreshed: 0 }]).top,
    );
    assert.deepEqual(tops, [2, 2, 2, 5, 10, 10, 20, 100, 100, 200, 5000, 10_000]);
    assert.deepEqual(layOutPlot([]).bars, []);
  });
});
