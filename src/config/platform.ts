import { z } from 'zod';
import { type Color, contrast, parseColor, withContrast } from '../lib/color.ts';
import { LogoError, readLogo } from './logo.ts';

/** Identity of the platform: what users see as the name and look of this server. */
export type Platform = Readonly<ReturnType<typeof platformSettings>>;

/** Name of this program. */
export const PROGRAM = 'Stagedoor';

const ACCENT: Color = '#0d5c63';
/** Least contrast of text (WCAG 2.2, 1.4.3). */
const LEAST_CONTRAST = 4.5;
const LONGEST_NAME = 60;

const address = (protocols: readonly string[], example: string) =>
  z
    .string()
    .transform((text, ctx) => {
      const url = URL.parse(text);
      if (url === null || !protocols.includes(url.protocol)) {
        ctx.addIssue({ code: 'custom', message: `must be an address such as ${example}` });
        return z.NEVER;
      }
      return url.href;
    })
    .optional();
const WEB = ['https:', 'http:'];

/** The variables of the platform's identity. */
export const platformVariables = {
  PLATFORM_NAME: z
    .string()
    .trim()
    .min(1, 'must not be blank')
    .max(LONGEST_NAME, `must have at most ${LONGEST_NAME} characters`)
    .regex(/^[^\p{C}\p{Zl}\p{Zp}<>"]*$/u, 'must be one line without control characters, < > and "')
    .optional(),
  PLATFORM_LOGO: z
    .string()
    .transform((file, ctx) => {
      try {
        return readLogo(file);
      } catch (error) {
        if (!(error instanceof LogoError)) {
          throw error;
        }
        ctx.addIssue({ code: 'custom', message: error.message });
        return z.NEVER;
      }
    })
    .optional(),
  ACCENT_COLOR: z
    .string()
    .transform((text, ctx) => {
      const color = parseColor(text);
      const problem =
        color === undefined ? 'must be a color such as #0d5c63' : contrastProblem(color);
      if (color === undefined || problem !== undefined) {
        ctx.addIssue({ code: 'custom', message: problem ?? '' });
        return z.NEVER;
      }
      return color;
    })
    .optional(),
  SUPPORT_URL: address(
    [...WEB, 'mailto:'],
    'https://example.com/support or mailto:help@example.com',
  ),
  IMPRINT_URL: address(WEB, 'https://example.com/imprint'),
  PRIVACY_URL: address(WEB, 'https://example.com/privacy'),
  PASSWORD_HELP_URL: address(WEB, 'https://example.com/reset-password'),
};

/** Returns the platform's identity. */
export function platformSettings(
  vars: z.infer<z.ZodObject<typeof platformVariables>>,
  demo: boolean,
) {
  return {
    name: vars.PLATFORM_NAME ?? (demo ? `${PROGRAM} Demo` : PROGRAM),
    /** False: nobody has named the platform, and the name is that of this program. */
    isNamed: vars.PLATFORM_NAME !== undefined,
    logo: vars.PLATFORM_LOGO,
    accent: vars.ACCENT_COLOR ?? ACCENT,
    /** A web or `mailto:` address. */
    supportUrl: vars.SUPPORT_URL,
    imprintUrl: vars.IMPRINT_URL,
    privacyUrl: vars.PRIVACY_URL,
    /** The page for users who forgot their password. */
    passwordHelpUrl: vars.PASSWORD_HELP_URL,
  };
}

/** Returns the identity for the log, which compares it with that of the last start. */
export function describePlatform({ logo, accent, ...platform }: Platform): object {
  return {
    name: platform.name,
    logo: logo?.hash ?? null,
    accent_color: accent,
    support_url: platform.supportUrl ?? null,
    imprint_url: platform.imprintUrl ?? null,
    privacy_url: platform.privacyUrl ?? null,
    password_help_url: platform.passwordHelpUrl ?? null,
  };
}

/** Buttons have white text on the accent color. Dark pages use a lighter shade, with dark text. */
function contrastProblem(color: Color): string | undefined {
  const ratio = contrast(color, '#ffffff');
  if (ratio >= LEAST_CONTRAST) {
    return undefined;
  }
  const darker = withContrast(color, '#000000', '#ffffff', LEAST_CONTRAST);
  return `${color} is too light for buttons with white text: its contrast to white is ${ratio.toFixed(1)}:1, and must be at least ${LEAST_CONTRAST}:1. A darker shade that works: ${darker}`;
}
