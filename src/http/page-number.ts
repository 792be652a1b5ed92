/** The page of a list that a query parameter names, from 1; anything else than that is the first. */
export function pageNumber(value: unknown): number {
  return typeof value === 'string' && /^[1-9]\d{0,3}$/.test(value) ? Number(value) : 1;
}
