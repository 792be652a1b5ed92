import assert from 'node:assert/strict';
import { test } from 'node:test';
import { skeletonOf } from '../../src/lib/skeleton.ts';

const ALIKE: readonly (readonly [string, ...string[]])[] = [
  [
    'Inkwell Tickets',
    'INKWELL TICKETS',
    'inкwell тickets',
    'Ιnκwell Τickets',
    'Inĸwell Tickets',
    'ɪɴᴋᴡᴇʟʟ ᴛɪᴄᴋᴇᴛꜱ',
    '🅸🅽🅺🆆🅴🅻🅻 🆃🅸🅲🅺🅴🆃🆂',
    '🅘🅝🅚🅦🅔🅛🅛 🅣🅘🅒🅚🅔🅣🅢',
    'ⒾⓃⓀⓌⒺⓁⓁ ⓉⒾⒸⓀⒺⓉⓈ',
    '🇮🇳🇰🇼🇪🇱🇱 🇹🇮🇨🇰🇪🇹🇸',
    'Inkшell Tickets',
    'Inkwεll Tickets',
    'Inkwell Tiϲkets',
    'ınkwell tıckets',
    '|nkwe‖ Tickets',
    'Inkwell Tickets™',
    '🎫 Inkwell Tickets ®',
  ],
  ['Stagedoor', '$tagedoor', 'St@gedoor', 'Stag3door', '5tagedoor', 'Sta9edoor', 'Stage∂oor'],
  ['Hamburg', 'наmвurg', 'ʜᴀᴍʙᴜʀɢ', 'Harnburg', 'НАМВURG'],
  ['🎫', '🎫\ufe0f'],
  ['👍', '👍🏽'],
];

for (const [name, ...others] of ALIKE) {
  for (const other of others) {
    test(`${other} looks like ${name}`, () => assert.equal(skeletonOf(other), skeletonOf(name)));
  }
}

test('Different names have different skeletons', () => {
  const names = [
    'Inkwell',
    'Inkwell Tickets',
    'Inkwell 2',
    'Inkwell 3',
    'Билеты',
    'Кассы',
    '🎫',
    '🎟',
    '東京',
  ];
  assert.equal(new Set(names.map(skeletonOf)).size, names.length);
});
