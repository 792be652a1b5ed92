import type { Application } from './application.ts';
import { monogramUrl } from './monogram.ts';

/** Path of logos, before the hash. */
export const LOGOS = '/application-logos';

/** Returns the path of a logo. */
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
