import { createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';

/** Public keys of programs that report leaked credentials, by their identifier. */
export type LeakScannerKeys = ReadonlyMap<string, KeyObject>;

const PROBLEM =
  'must be the JSON of https://api.github.com/meta/public_keys/secret_scanning, or an object of key identifier to public key (PEM, ECDSA P-256)';

const key = z.string().transform((pem, ctx) => {
  try {
    const parsed = createPublicKey(pem);
    if (parsed.asymmetricKeyDetails?.namedCurve === 'prime256v1') {
      return parsed;
    }
  } catch {
    // The same problem.
  }
  ctx.addIssue(PROBLEM);
  return z.NEVER;
});
const published = z
  .object({ public_keys: z.array(z.object({ key_identifier: z.string().min(1), key })) })
  .transform(({ public_keys: keys }) => keys.map((one) => [one.key_identifier, one.key] as const));
const named = z.record(z.string().min(1), key).transform((keys) => Object.entries(keys));

/** Reads `LEAK_SCANNER_KEYS`. */
export const leakScannerKeys = z
  .string()
  .optional()
  .transform((text, ctx): LeakScannerKeys => {
    if (text === undefined) {
      return new Map();
    }
    try {
      return new Map(z.union([published, named]).parse(JSON.parse(text)));
    } catch {
      ctx.addIssue(PROBLEM);
      return z.NEVER;
    }
  });
