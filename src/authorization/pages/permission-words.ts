import type { Config } from '../../config/config.ts';
import type { Locale } from '../../lib/locale.ts';
import { type LocalizedText, localized } from '../../lib/localized-text.ts';

/** Texts of the default permissions, as continuations of "You can …". */
const TEXTS: ReadonlyMap<string, LocalizedText> = new Map([
  ['can_create_events', { en: 'create events', de: 'Veranstaltungen anlegen' }],
  ['can_change_event_settings', { en: 'edit event settings', de: 'Veranstaltungen einstellen' }],
  ['can_change_product_settings', { en: 'edit products', de: 'Produkte bearbeiten' }],
  ['can_view_orders', { en: 'view orders', de: 'Bestellungen ansehen' }],
  ['can_change_orders', { en: 'edit orders', de: 'Bestellungen bearbeiten' }],
  ['can_view_vouchers', { en: 'view vouchers', de: 'Gutscheine ansehen' }],
  ['can_change_vouchers', { en: 'edit vouchers', de: 'Gutscheine bearbeiten' }],
]);

/**
 * Describes a permission by its text in `PERMISSION_TEXTS`, else by a default one, else by the words of
 * its name: `can_scan_tickets` becomes "scan tickets".
 */
export function permissionWords(
  { permissionTexts }: Pick<Config, 'permissionTexts'>,
  name: string,
  locale: Locale,
): string {
  const text = permissionTexts.get(name) ?? TEXTS.get(name);
  return text === undefined
    ? name.replace(/^can_(?=.)/, '').replaceAll('_', ' ')
    : localized(text, locale);
}
