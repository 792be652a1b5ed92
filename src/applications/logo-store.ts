import type { Db } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';
import type { Application } from './application.ts';
import { change } from './change-store.ts';
import type { EncodedLogo } from './encode-logo.ts';

/** Returns the image with this hash. */
export async function selectLogo(db: Db, hash: string): Promise<Uint8Array | undefined> {
  const row = await db
    .selectFrom('application_logos')
    .select('image')
    .where('hash', '=', hash)
    .limit(1)
    .executeTakeFirst();
  return row?.image;
}

/** Stores the logo of an application, or removes it; a trigger ends the review. */
export async function updateLogo(
  tx: Tx,
  clientId: string,
  logo: EncodedLogo | undefined,
): Promise<Pick<Application, 'updatedAt' | 'reviewedAt'>> {
  if (logo === undefined) {
    await tx.deleteFrom('application_logos').where('client_id', '=', clientId).execute();
  } else {
    const { hash, image } = logo;
    await tx
      .insertInto('application_logos')
      .values({ client_id: clientId, hash, image })
      .onConflict((conflict) => conflict.column('client_id').doUpdateSet({ hash, image }))
      .execute();
  }
  return await change(tx, clientId)
    .set({ logo: logo?.hash ?? null })
    .returning(['updated_at as updatedAt', 'reviewed_at as reviewedAt'])
    .executeTakeFirstOrThrow();
}
