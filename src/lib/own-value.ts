/**
 * Returns the object's own property of this name, or undefined. Never an inherited one: a name from
 * outside may be `constructor` or `__proto__`. All other code uses `Map` for arbitrary keys; a test
 * (test/unit/property-keys.test.ts) finds every other access by an arbitrary string.
 */
export function ownValue<T>(object: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
