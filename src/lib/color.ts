/** A color, `#rrggbb`. */
export type Color = `#${string}`;

/** Returns the color if the text is one: `#` and six hexadecimal digits. */
export function parseColor(text: string): Color | undefined {
  return /^#[0-9a-f]{6}$/i.test(text) ? `#${text.slice(1).toLowerCase()}` : undefined;
}

/** Returns the color with these channels, each 0 to 1. */
export function colorOf(channels: readonly number[]): Color {
  const digits = channels.map((channel) => Math.round(channel * 255).toString(16));
  return `#${digits.map((pair) => pair.padStart(2, '0')).join('')}`;
}

/** Relative luminance, 0 (black) to 1 (white); WCAG 2.2. */
export function luminance(color: Color): number {
  const [red = 0, green = 0, blue = 0] = channelsOf(color).map((channel) =>
    channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast ratio of two colors, 1 to 21; WCAG 2.2. */
export function contrast(one: Color, other: Color): number {
  const [light = 1, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

/** Mixes two colors. @param share of `other`, 0 to 1 */
export function mix(one: Color, other: Color, share: number): Color {
  const target = channelsOf(other);
  return colorOf(
    channelsOf(one).map((channel, at) => channel * (1 - share) + (target[at] ?? 0) * share),
  );
}

/** Returns the brightest color of the same hue and saturation. */
export function brightest(color: Color): Color {
  const channels = channelsOf(color);
  const most = Math.max(...channels);
  return most === 0 ? '#ffffff' : colorOf(channels.map((channel) => channel / most));
}

/**
 * Mixes as little of `toward` into a color as it takes to have a contrast of `ratio` to `ground`.
 */
export function withContrast(color: Color, toward: Color, ground: Color, ratio: number): Color {
  for (let share = 0; share < 1; share += 0.02) {
    const shade = mix(color, toward, share);
    if (contrast(shade, ground) >= ratio) {
      return shade;
    }
  }
  return toward;
}

function channelsOf(color: Color): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255);
}
