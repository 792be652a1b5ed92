/** A quoted string, a dollar-quoted body, a comment, a semicolon, or anything between. */
const PIECE = /'(?:[^']|'')*'|\$\$[\s\S]*?\$\$|--[^\n]*|;|[^'$;-]+|[\s\S]/g;

/**
 * Splits an SQL script into its statements, without comments. PGlite takes several statements in
 * one call only outside a transaction, and migrations run in one.
 */
export function splitStatements(script: string): string[] {
  const statements: string[] = [];
  let current = '';
  for (const [piece] of script.matchAll(PIECE)) {
    if (piece === ';') {
      statements.push(current.trim());
      current = '';
    } else if (!piece.startsWith('--')) {
      current += piece;
    }
  }
  statements.push(current.trim());
  return statements.filter((statement) => statement !== '');
}
