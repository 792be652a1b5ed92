import { STAGEDOOR } from './goals.ts';
import { number, table } from './markdown.ts';
import { OPERATIONS, type Operation } from './operations.ts';

/** CPU time of one request in µs. */
interface Cost {
  readonly server: number;
  readonly postgres: number;
}

const MODELED = ['introspection', 'refresh', 'flow'] as const satisfies readonly Operation[];
type Costs = Readonly<Record<(typeof MODELED)[number], Cost>>;

/** Part of a core that may be in use: response times grow beyond it. */
const USE = 0.7;
/** Requests per introspection of the kit; see `npm run bench:kit`. */
const REQUESTS_PER_INTROSPECTION = 6;
/** Requests per refresh, with access tokens of an hour that are used every 36 seconds. */
const REQUESTS_PER_REFRESH = 100;
/** API requests per second, with and without the kit's cache. */
const LOADS = [
  [1_000, 'no'],
  [10_000, 'no'],
  [10_000, 'yes'],
  [100_000, 'no'],
  [100_000, 'yes'],
  [600_000, 'yes'],
] as const;

/** Reads the costs from the figures of docs/performance.md. */
export function readCosts(figures: string): Costs {
  const read = (operation: Operation): Cost => {
    const row = figures
      .split('\n')
      .map((line) => line.split('|').map((cell) => cell.trim()))
      .find(([, name, server]) => name === OPERATIONS[operation] && server === STAGEDOOR);
    const [server = Number.NaN, postgres = Number.NaN] = [row?.[3], row?.[5]].map((cell) =>
      Number(cell?.replaceAll(',', '')),
    );
    return { server, postgres };
  };
  return { introspection: read('introspection'), refresh: read('refresh'), flow: read('flow') };
}

/** Returns the section of docs/scaling.md that follows from the costs. */
export function scalingSection(costs: Costs): string {
  const { introspection, refresh, flow } = costs;
  const formula = (part: keyof Cost) =>
    `(introspections × ${number(introspection[part])} + refreshes × ${number(refresh[part])} + authorizations × ${number(flow[part])}) / ${number(USE * 1e6)}`;
  return [
    table(
      ['', 'server CPU', 'PostgreSQL CPU', 'per server core', 'per PostgreSQL core'],
      MODELED.map((operation) => {
        const { server, postgres } = costs[operation];
        return [
          OPERATIONS[operation],
          `${number(server)} µs`,
          `${number(postgres)} µs`,
          rate(server),
          rate(postgres),
        ];
      }),
    ),
    `\nServer cores: \`${formula('server')}\` per second.\nPostgreSQL cores: \`${formula('postgres')}\` per second.\n`,
    table(
      [
        'API requests/s',
        "kit's cache",
        'introspections/s',
        'refreshes/s',
        'server cores',
        'PostgreSQL cores',
      ],
      LOADS.map(([requests, cache]) => {
        const cores = coresOf(requests, cache, costs);
        return [
          number(requests),
          cache,
          number(introspectionsOf(requests, cache)),
          number(requests / REQUESTS_PER_REFRESH),
          short(cores.server),
          short(cores.postgres),
        ];
      }),
    ),
  ].join('\n');
}

function introspectionsOf(requests: number, cache: 'yes' | 'no'): number {
  return cache === 'yes'
    ? Number((requests / REQUESTS_PER_INTROSPECTION).toPrecision(2))
    : requests;
}

function coresOf(requests: number, cache: 'yes' | 'no', { introspection, refresh }: Costs): Cost {
  const cores = (part: keyof Cost) =>
    (introspectionsOf(requests, cache) * introspection[part] +
      (requests / REQUESTS_PER_REFRESH) * refresh[part]) /
    (USE * 1e6);
  return { server: cores('server'), postgres: cores('postgres') };
}

/** Requests per second of one core. */
function rate(microseconds: number): string {
  return `${number(Number(((USE * 1e6) / microseconds).toPrecision(3)))}/s`;
}

function short(cores: number): string {
  return cores < 10 ? cores.toFixed(1) : number(cores);
}
