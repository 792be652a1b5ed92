/** Returns the pattern of `ilike` for texts that contain `search`. */
export function containing(search: string): string {
  return `%${search.replace(/[\\%_]/g, '\\$&')}%`;
}
