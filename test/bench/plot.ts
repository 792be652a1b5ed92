import { OPERATIONS, type Operation } from './operations.ts';
import type { Row } from './report.ts';

const WIDTH = 760;
const LABELS = 200;
const BARS = 440;
const BAR = 18;
const LINE = 24;
const HEADING = 34;
const MARGIN = 16;
const COLOURS = { server: '#2f5d8a', postgres: '#a9c4dd', text: '#1f2933', paper: '#ffffff' };

/**
 * Draws the CPU time per request as an SVG: a group for each operation with a bar for each server,
 * scaled to the longest bar of the group.
 */
export function plot(rows: readonly Row[]): string {
  let y = MARGIN + LINE;
  const parts = [legend()];
  for (const operation of new Set(rows.map((row) => row.operation))) {
    const group = rows.filter((row) => row.operation === operation);
    parts.push(heading(operation, y + HEADING - 12));
    y += HEADING;
    const longest = Math.max(...group.map(total));
    for (const row of group) {
      parts.push(bar(row, BARS / longest, y));
      y += LINE;
    }
  }
  const height = y + MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" font-family="sans-serif" font-size="13">`,
    '<title>CPU time per request of Stagedoor and other servers</title>',
    `<rect width="${WIDTH}" height="${height}" fill="${COLOURS.paper}"/>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

function total({ figures }: Row): number {
  return figures.cpu + (Number.isNaN(figures.postgresCpu) ? 0 : figures.postgresCpu);
}

function bar(row: Row, scale: number, y: number): string {
  const server = row.figures.cpu * scale;
  const postgres = (total(row) - row.figures.cpu) * scale;
  const middle = y + BAR / 2 + 5;
  return [
    text(LABELS - 8, middle, row.contender, 'text-anchor="end"'),
    rect(LABELS, y, server, COLOURS.server),
    rect(LABELS + server, y, postgres, COLOURS.postgres),
    text(
      LABELS + server + postgres + 8,
      middle,
      `${Math.round(total(row)).toLocaleString('en')} µs`,
    ),
  ].join('\n');
}

function heading(operation: Operation, y: number): string {
  const name = OPERATIONS[operation];
  return text(MARGIN, y, `${name[0]?.toUpperCase()}${name.slice(1)}`, 'font-weight="bold"');
}

function legend(): string {
  const y = MARGIN;
  return [
    rect(LABELS, y, BAR, COLOURS.server),
    text(LABELS + BAR + 6, y + 14, 'server'),
    rect(LABELS + 90, y, BAR, COLOURS.postgres),
    text(LABELS + 90 + BAR + 6, y + 14, 'PostgreSQL'),
    text(MARGIN, y + 14, 'CPU time per request'),
  ].join('\n');
}

function rect(x: number, y: number, width: number, fill: string): string {
  return `<rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" fill="${fill}"/>`;
}

function text(x: number, y: number, content: string, attributes = ''): string {
  const escaped = content.replace(/&/g, '&amp;').replace(/</g, '&lt;');
  return `<text x="${x.toFixed(1)}" y="${y}" fill="${COLOURS.text}" ${attributes}>${escaped}</text>`;
}
