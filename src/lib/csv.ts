/** Beginnings of a cell that spreadsheets run as a formula. */
const FORMULA = /^[=+\-@\t\r]/;

/**
 * Returns a line of a CSV file. A cell that a spreadsheet would run begins with an apostrophe.
 * @see RFC 4180
 */
export function csvLine(cells: readonly (string | null | undefined)[]): string {
  const quoted = cells.map((cell) => {
    const text = cell ?? '';
    return `"${(FORMULA.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  });
  return `${quoted.join(',')}\r\n`;
}
