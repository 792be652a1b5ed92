import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  monogramColour,
  monogramOf,
  monogramSvg,
  monogramUrl,
} from '../../src/applications/picture.ts';

const NAMES = Array.from({ length: 500 }, (_, index) => `Application ${index}`);
const WHITE = '#ffffff';
/** Panel colors of views/assets/style.css. */
const LIGHT_PANEL = '#ffffff';
const DARK_PANEL = '#182326';

test('letters are the initials of the first two words', () => {
  const expected = {
    'Box Office Sync': 'BO',
    ticketing: 'T',
    '  (the) other-one': 'TO',
    'Übersicht ßtraße': 'ÜSS',
    木村工房: '木',
    '😀 42': '4',
    '---': '?',
    '': '?',
  };
  for (const [name, letters] of Object.entries(expected)) {
    assert.equal(monogramOf(name), letters, name);
  }
});

test('the same name always has the same picture, different names have different colors', () => {
  assert.equal(monogramSvg('Box Office Sync'), monogramSvg('Box Office Sync'));
  const colours = new Set(NAMES.map(monogramColour));
  assert.ok(colours.size > 150, `${colours.size} colours`);
});

test('every color has enough contrast with white letters and with light and dark pages', () => {
  for (const name of NAMES) {
    const colour = monogramColour(name);
    assert.match(colour, /^#[0-9a-f]{6}$/);
    assert.ok(contrast(colour, WHITE) >= 4.5, `${colour} under white letters`);
    assert.ok(contrast(colour, LIGHT_PANEL) >= 3, `${colour} on a light page`);
    assert.ok(contrast(colour, DARK_PANEL) >= 3, `${colour} on a dark page`);
  }
});

test('a picture contains only letters and digits of a name', () => {
  const names = [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    '&amp; co',
    '\u202eevil \u2066name',
    '\ud800 broken',
    'x'.repeat(10_000),
  ];
  for (const name of names) {
    const [, letters] = />([^<>]*)<\/text>/.exec(monogramSvg(name)) ?? [];
    assert.match(letters ?? '', /^[\p{L}\p{N}?]{1,3}$/u, name.slice(0, 40));
    assert.match(monogramUrl(name), /^data:image\/svg\+xml,[^"<>\s]+$/);
  }
});

/** Returns the contrast ratio of WCAG 2.2. */
function contrast(one: string, other: string): number {
  const [bright = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (bright + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const channel = Number.parseInt(colour.slice(start, start + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
