/** Returns a path with the query parameters that are not empty. */
export function linkTo(
  path: string,
  parameters: Readonly<Record<string, string | undefined>>,
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value) {
      query.set(name, value);
    }
  }
  return query.size === 0 ? path : `${path}?${query}`;
}
