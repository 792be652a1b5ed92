import { translator } from '../http/translate.ts';
import type { Locale } from '../lib/locale.ts';
import type { MailText } from './texts.ts';

/** A browser and a system by their usual names; nothing that the header itself says is repeated. */
interface Device {
  readonly browser: string | undefined;
  readonly system: string | undefined;
}

// In this order: most browsers also claim to be the ones below them.
const BROWSERS = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\b(?:OPR|OPiOS)\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bVivaldi\//, 'Vivaldi'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|Chromium|CriOS)\//, 'Chrome'],
  [/\bVersion\/\S+ (?:Mobile\/\S+ )?Safari\//, 'Safari'],
] as const;

const SYSTEMS = [
  [/\b(?:iPhone|iPod)\b/, 'iOS'],
  [/\biPad\b/, 'iPadOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bLinux\b|\bX11\b/, 'Linux'],
] as const;

/** Reads a User-Agent header, as far as a person is helped by it. */
export function describeDevice(userAgent: string | undefined): Device {
  const header = userAgent ?? '';
  const browser = BROWSERS.find(([pattern]) => pattern.test(header))?.[1];
  const system = SYSTEMS.find(([pattern]) => pattern.test(header))?.[1];
  return { browser, system };
}

/** Describes browser and system of a User-Agent header, for mails and pages. */
export function deviceWords(userAgent: string | undefined, locale: Locale): string {
  const t = translator<MailText>(locale);
  const { browser, system } = describeDevice(userAgent);
  if (browser !== undefined && system !== undefined) {
    return t('mail.device.full', { browser, system });
  }
  return (
    browser ??
    (system === undefined ? t('mail.device.unknown') : t('mail.device.system', { system }))
  );
}
