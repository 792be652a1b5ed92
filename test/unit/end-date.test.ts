import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endOfDay, lastDay, startOfDay } from '../../src/grants/end-date.ts';
import { roughAddress } from '../../src/lib/rough-address.ts';

const ENDS: readonly (readonly [date: string, timeZone: string, end: string])[] = [
  ['2026-05-31', 'UTC', '2026-06-01T00:00:00.000Z'],
  ['2026-05-31', 'Europe/Berlin', '2026-05-31T22:00:00.000Z'],
  ['2026-12-31', 'Europe/Berlin', '2026-12-31T23:00:00.000Z'],
  // The clocks change on this day.
  ['2026-03-29', 'Europe/Berlin', '2026-03-29T22:00:00.000Z'],
  ['2026-10-25', 'Europe/Berlin', '2026-10-25T23:00:00.000Z'],
  // This night has no midnight: the next day begins at one o'clock.
  ['2026-09-05', 'America/Santiago', '2026-09-06T04:00:00.000Z'],
  // This day has two midnights: it lasts an hour longer.
  ['2026-04-04', 'America/Santiago', '2026-04-05T04:00:00.000Z'],
  ['2026-05-31', 'Pacific/Kiritimati', '2026-05-31T10:00:00.000Z'],
  ['2026-05-31', 'Etc/GMT+12', '2026-06-01T12:00:00.000Z'],
  ['2026-05-31', 'Asia/Kathmandu', '2026-05-31T18:15:00.000Z'],
  ['2028-02-29', 'UTC', '2028-03-01T00:00:00.000Z'],
  ['2026-05-31', 'Nowhere/None', '2026-06-01T00:00:00.000Z'],
];

test('a day ends when the next one begins, in any time zone', () => {
  for (const [date, timeZone, end] of ENDS) {
    const found = endOfDay(date, timeZone);
    assert.equal(found?.toISOString(), end, `${date} ${timeZone}`);
    assert.equal(found && lastDay(found, timeZone), date, `${date} ${timeZone}, reversed`);
  }
});

test('an invalid day has no end', () => {
  const wrong = [
    '',
    '2026-02-29',
    '2026-00-10',
    '2026-1-1',
    '1.1.2026',
    '+02026-01-01',
    '2026-05-31 ',
    '0001-01-01',
    '1969-12-31',
    '3000-01-01',
    '9999-12-31',
  ];
  for (const date of wrong) {
    assert.equal(endOfDay(date, 'UTC'), undefined, date);
    assert.equal(startOfDay(date, 'UTC'), undefined, date);
  }
});

test('the first and the last day begin and end in any time zone', () => {
  const begin = startOfDay('1970-01-01', 'Pacific/Kiritimati');
  assert.equal(begin?.toISOString(), '1970-01-01T10:40:00.000Z');
  assert.equal(startOfDay('1970-01-01', 'UTC')?.getTime(), 0);
  assert.equal(endOfDay('2999-12-31', 'Etc/GMT+12')?.toISOString(), '3000-01-01T12:00:00.000Z');
});

test('a network address is shortened', () => {
  const addresses = {
    '203.0.113.77': '203.0.113.x',
    '::ffff:203.0.113.77': '203.0.113.x',
    '2001:db8:12:99::7': '2001:db8:12:…',
    '2001:db8::7': '2001:db8:0:…',
    '2001::7': '2001:0:0:…',
    '2001:db8:1:2:3:4:5:6': '2001:db8:1:…',
    'fe80::1%eth0': 'fe80:0:0:…',
    '::1': '::1',
    'not an address': undefined,
    '': undefined,
  };
  for (const [address, rough] of Object.entries(addresses)) {
    assert.equal(roughAddress(address), rough, address);
  }
  assert.equal(roughAddress(null), undefined);
});
