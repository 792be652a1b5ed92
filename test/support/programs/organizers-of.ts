import { z } from 'zod';
import type { Issuer } from '../platform.ts';

const list = z.object({ results: z.array(z.object({ slug: z.string() })) });

/** Slugs of the organizers that an access token opens, or the status of the error. */
export async function organizersOf(
  { issuer }: Issuer,
  accessToken: string,
): Promise<string[] | number> {
  const response = await fetch(new URL('/api/v1/organizers/', issuer), {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  return response.ok
    ? list.parse(await response.json()).results.map(({ slug }) => slug)
    : response.status;
}
