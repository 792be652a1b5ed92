import { brightest, type Color, luminance, mix, withContrast } from '../lib/color.ts';

/** A value on light and on dark pages. */
type Pair<Value extends string = Color> = readonly [light: Value, dark: Value];

/** Colors of pages and mails. */
export type Palette = ReturnType<typeof paletteOf>;

/** Colors that no accent color changes. */
const NEUTRAL = {
  page: ['#f5f6f8', '#101417'],
  card: ['#ffffff', '#191f24'],
  text: ['#273038', '#d7dde2'],
  heading: ['#12191f', '#f1f4f6'],
  muted: ['#59656f', '#9ba8b2'],
  line: ['#dde1e6', '#2e383f'],
  /** Borders of form fields. */
  field: ['#7d8892', '#75828c'],
  code: ['#eceff2', '#242c33'],
  hover: ['#f1f3f5', '#222a30'],
  danger: ['#a8201a', '#ff9d97'],
  dangerStrong: ['#7d1712', '#ffc2be'],
  dangerTint: ['#fcecea', '#3a2022'],
  warning: ['#855600', '#f4c566'],
  warningTint: ['#fdf3dc', '#352b17'],
  success: ['#1d6b3c', '#8fd6a6'],
  successTint: ['#e7f4ea', '#183022'],
} as const satisfies Record<string, Pair>;

const [WHITE, BLACK] = ['#ffffff', '#000000'] as const;

/**
 * Makes the palette of an accent color that white text can be read on. Dark pages have a lighter
 * shade of it.
 */
export function paletteOf(accent: Color) {
  const { card, code } = NEUTRAL;
  // Mixed with white alone, it would be gray.
  const bright = withContrast(accent, mix(brightest(accent), WHITE, 0.5), card[1], 7);
  const onDark = withContrast(bright, WHITE, card[1], 7);
  // Nearly black gets lighter, all others darker.
  const hover = luminance(accent) < 0.02 ? mix(accent, WHITE, 0.25) : mix(accent, BLACK, 0.3);
  return {
    ...NEUTRAL,
    accent: [accent, onDark],
    accentHover: [hover, mix(onDark, WHITE, 0.35)],
    /** Text on `accent` and `accentHover`. */
    onAccent: [WHITE, withContrast(mix(accent, BLACK, 0.55), BLACK, onDark, 5)],
    /** Background that the accent color tints. */
    tint: [mix(accent, WHITE, 0.93), mix(card[1], onDark, 0.1)],
    link: [withContrast(accent, BLACK, code[0], 4.6), onDark],
  } satisfies Record<string, Pair>;
}

/** Returns the custom properties of all pages, those of Pico CSS and ours. */
export function themeCss(palette: Palette): string {
  const [light, dark] = ([0, 1] as const).map((at) => {
    const own = Object.entries(ownProperties(palette)).map(
      ([name, pair]) => `--${name}:${pair[at]}`,
    );
    return own.join(';');
  });
  return `:root:not([data-theme="dark"]){${light}}
@media only screen and (prefers-color-scheme:dark){:root:not([data-theme]){${dark}}}
`;
}

function ownProperties(palette: Palette): Record<string, Pair<string>> {
  const { accent, accentHover, onAccent, link, text, heading, card, field, danger } = palette;
  const underline = pairOf(link, (color) => `${color}73`);
  const check = pairOf(onAccent, checkMark);
  return {
    'pico-background-color': palette.page,
    'pico-card-background-color': card,
    'pico-color': text,
    'pico-muted-color': palette.muted,
    'pico-muted-border-color': palette.line,
    'pico-h1-color': heading,
    'pico-h2-color': heading,
    'pico-h3-color': heading,
    'pico-primary': link,
    'pico-primary-background': accent,
    'pico-primary-border': accent,
    'pico-primary-underline': underline,
    'pico-primary-hover': accentHover,
    'pico-primary-hover-background': accentHover,
    'pico-primary-hover-border': accentHover,
    'pico-primary-hover-underline': accentHover,
    'pico-primary-focus': link,
    'pico-primary-inverse': onAccent,
    'pico-secondary': text,
    'pico-secondary-border': field,
    'pico-secondary-hover': heading,
    'pico-secondary-hover-border': heading,
    'pico-secondary-focus': link,
    'pico-form-element-border-color': field,
    'pico-form-element-background-color': [card[0], palette.page[1]],
    'pico-form-element-active-background-color': [card[0], palette.page[1]],
    'pico-form-element-active-border-color': link,
    'pico-form-element-focus-color': link,
    'pico-form-element-invalid-border-color': danger,
    'pico-form-element-invalid-active-border-color': danger,
    'pico-form-element-invalid-focus-color': danger,
    'pico-code-background-color': palette.code,
    'pico-code-color': text,
    'pico-icon-checkbox': check,
    danger,
    'danger-strong': palette.dangerStrong,
    'danger-tint': palette.dangerTint,
    warning: palette.warning,
    'warning-tint': palette.warningTint,
    success: palette.success,
    'success-tint': palette.successTint,
    'info-tint': palette.tint,
    'hover-tint': palette.hover,
    shadow: ['0 1px 2px rgb(20 30 40 / 6%), 0 6px 20px rgb(20 30 40 / 5%)', 'none'],
  };
}

function pairOf(pair: Pair, present: (color: Color) => string): Pair<string> {
  return [present(pair[0]), present(pair[1])];
}

/** Pico CSS draws check marks as images, which have no access to custom properties. */
function checkMark(color: Color): string {
  const svg = `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='${color}' stroke-width='4' stroke-linecap='round' stroke-linejoin='round'><path d='M20 6 9 17l-5-5'/></svg>`;
  return `url("data:image/svg+xml,${encodeURIComponent(svg)}")`;
}
