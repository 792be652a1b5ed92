import { createHash } from 'node:crypto';
import { type Color, colorOf, luminance } from '../lib/color.ts';
import { escapeHtml } from '../lib/html.ts';
import { remember } from '../lib/remember.ts';
import type { Application } from './application.ts';

/**
 * One or two letters by which people recognise an application: the initials of its first two
 * words, or its first letter.
 */
export function monogramOf(name: string): string {
  const initials = name
    .split(/[^\p{L}\p{N}]+/u)
    .flatMap((word) => Array.from(word).slice(0, 1))
    .slice(0, 2)
    .join('');
  return initials.toLocaleUpperCase('en') || '?';
}

/**
 * The picture of an application: its initials on a colour that the name decides, so that it looks
 * the same wherever it stands. One picture serves light and dark pages: every colour has the
 * luminance that is far enough from white letters (WCAG 4.5:1) and from either page (3:1).
 */
export function monogramSvg(name: string): string {
  const initials = monogramOf(name);
  // Capitals such as the two of the German sharp s make more than two letters.
  const size = Array.from(initials).length > 2 ? 20 : 26;
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="64" height="64">',
    `<rect width="64" height="64" rx="14" fill="${monogramColour(name)}"/>`,
    `<text x="32" y="33" fill="#fff" font-family="system-ui, sans-serif" font-size="${size}"`,
    ` font-weight="700" text-anchor="middle" dominant-baseline="central">${escapeHtml(initials)}</text>`,
    '</svg>',
  ].join('');
}

/**
 * Returns the picture as a data URL for `<img src>`: no request, nothing to store, and nothing to
 * update when the name changes.
 */
export const monogramUrl = remember(
  (name) => `data:image/svg+xml,${encodeURIComponent(monogramSvg(name))}`,
);

/** Relative luminance (WCAG 2) of every monogram: 4.9:1 to white, 3.3:1 to the dark page. */
const LUMINANCE = 0.165;
const SATURATION = 0.55;

/** The background of the picture, `#rrggbb`. */
export function monogramColour(name: string): Color {
  const hue = createHash('sha256').update(name).digest().readUInt16BE() % 360;
  // Luminance grows with lightness: halving finds it.
  let [dark, light] = [0, 1];
  for (let step = 0; step < 12; step += 1) {
    const middle = (dark + light) / 2;
    if (luminance(colorOf(rgb(hue, middle))) < LUMINANCE) {
      dark = middle;
    } else {
      light = middle;
    }
  }
  return colorOf(rgb(hue, dark));
}

/** From hue, the fixed saturation and lightness, each channel 0 to 1. */
function rgb(hue: number, lightness: number): [number, number, number] {
  const chroma = SATURATION * Math.min(lightness, 1 - lightness);
  const channel = (offset: number) => {
    const place = (offset + hue / 30) % 12;
    return lightness - chroma * Math.max(-1, Math.min(place - 3, 9 - place, 1));
  };
  return [channel(0), channel(8), channel(4)];
}

/** Path of logos, before the hash. */
export const LOGOS = '/application-logos';

export function logoPath(hash: string): string {
  return `${LOGOS}/${hash}.png`;
}

type Pictured = Pick<Application, 'name' | 'logo'>;

/** Returns the picture of an application for `<img src>`: its logo, or else its monogram. */
export function pictureUrl({ name, logo }: Pictured): string {
  return logo === null ? monogramUrl(name) : logoPath(logo);
}

/** Returns the picture for users, who see a logo only after an operator has: it can imitate another. */
export function reviewedPictureUrl(
  application: Pictured & Pick<Application, 'reviewedAt'>,
): string {
  const { name, logo, reviewedAt } = application;
  return pictureUrl({ name, logo: reviewedAt === null ? null : logo });
}
