/**
 * One or two letters by which people recognise an application: the initials of its first two
 * words, or its first letter.
 */
export function monogramOf(name: string): string {
  const initials = name
    .split(/[^\p{L}\p{N}]+/u)
    .flatMap((word) => Array.from(word).slice(0, 1))
    .slice(0, 2)
    .join('');
  return initials.toLocaleUpperCase('en') || '?';
}
