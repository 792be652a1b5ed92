// The house rules of docs/architecture.md. Each rule's sentence is its comment; `npm run check`
// prints it where the rule is broken. test/support/check-boundaries.ts runs this and makes sure
// that every file was seen: an unreadable file would otherwise break no rule.

/** The HTTP side of a capability: its routes, and what makes rows and values into pages. */
const ROUTES = '[/-](routes|presenters|page)[.]ts$';
const STORE = '[/-]store[.]ts$';
const SQL = '^node_modules/(kysely|pg|@electric-sql/pglite)/';
/**
 * From the bottom to the top; directory, audit and operators stand side by side, and so do insights
 * and activity: they only tell of what those below have written down. upstream is another way to sign in as a user
 * of the directory, and the pages of the flow send people there.
 */
const LAYERS = [
  'directory|audit|operators',
  'upstream',
  'applications',
  'grants',
  'tokens',
  'authorization',
  'insights|activity|account',
  'oidc',
  '(app|endpoints|serve|main|cli|landing|welcome)[.]ts',
];
const folder = (names) => `^src/(${names})(/|$)`;
const CAPABILITIES = `^src/(${LAYERS.slice(0, 7).join('|')})/`;
/** What everything stands on: db/, limits/ and the files directly in src, but for those that compose. */
const GROUND = '^src/(db/|limits/|[^/]+[.]ts$)';
const COMPOSITION = folder(LAYERS.at(-1));

const downward = LAYERS.slice(0, -1).map((layer, index) => ({
  name: `5-downward-only-${layer.replaceAll('|', '-')}`,
  comment:
    'Downward only: directory, audit, operators <- upstream <- applications <- grants <- tokens <- authorization <- insights, activity, account <- oidc <- app.',
  severity: 'error',
  from: { path: folder(layer) },
  to: { path: folder(LAYERS.slice(index + 1).join('|')) },
}));

export default {
  forbidden: [
    {
      name: '1-pages-and-routes-know-no-sql',
      comment:
        'routes.ts (with presenters.ts, *-page.ts) and web/ never import a store.ts, kysely or pg.',
      severity: 'error',
      from: {
        path: [ROUTES, '^src/(web|api)/'],
        pathNot: '^src/api/(idempotency-store|replay-or-run)[.]ts$',
      },
      to: { path: [STORE, SQL] },
    },
    {
      name: '2-use-cases-know-no-http',
      comment: 'Nouns and verbs never import koa, oidc-provider or web/.',
      severity: 'error',
      from: { path: CAPABILITIES, pathNot: ROUTES },
      to: { path: ['^node_modules/(@types/)?(koa|@koa/[^/]+|oidc-provider)/', '^src/web/'] },
    },
    {
      name: '3-queries-only-in-stores',
      comment: 'Queries only in store.ts and db/.',
      severity: 'error',
      from: { path: '^src/', pathNot: [STORE, '^src/db/'] },
      to: { path: SQL },
    },
    {
      name: '4-provider-only-at-its-seam',
      comment: 'Only oidc/ and authorization/routes.ts import oidc-provider.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/oidc/', '^src/authorization/routes[.]ts$'] },
      to: { path: '^node_modules/(@types/)?oidc-provider/' },
    },
    {
      name: '4-provider-public-interface-only',
      comment: 'Of oidc-provider only the public interface, never oidc-provider/lib/*.',
      severity: 'error',
      from: { path: '^(src|test)/' },
      to: {
        path: '^node_modules/oidc-provider/lib/',
        pathNot: '^node_modules/oidc-provider/lib/index[.]js$',
      },
    },
    ...downward,
    {
      name: '5-no-store-of-another-capability',
      comment: "Never another capability's store.ts.",
      severity: 'error',
      from: { path: '^src/([^/]+)/' },
      to: { path: `^src/[^/]+/.*store[.]ts$`, pathNot: '^src/$1/' },
    },
    {
      name: '5-ground-imports-nothing-above',
      comment:
        'db/, limits/ and the files directly in src (config, credentials…) import nothing that stands on them.',
      severity: 'error',
      from: { path: GROUND, pathNot: COMPOSITION },
      to: { path: ['^src/[^/]+/', COMPOSITION], pathNot: '^src/(db|limits)/' },
    },
    {
      name: '5-web-and-api-are-below-the-flow',
      comment:
        'web/ and api/ serve every routes.ts, so they import nothing of the flow or operators/.',
      severity: 'error',
      from: { path: '^src/(web|api)/' },
      to: { path: folder(['operators', ...LAYERS.slice(1), 'demo'].join('|')) },
    },
    {
      name: '6-kit-stands-alone',
      comment: 'resource-server/ is a kit for other services: it imports nothing else of src.',
      severity: 'error',
      from: { path: '^src/resource-server/' },
      to: { path: '^src/', pathNot: '^src/resource-server/' },
    },
    {
      name: '6-kit-needs-no-server-packages',
      comment: 'resource-server/ runs in any service: no package of the server.',
      severity: 'error',
      from: { path: '^src/resource-server/' },
      to: { path: ['^node_modules/(@types/)?(koa|@koa/[^/]+|oidc-provider|eta|pino)/', SQL] },
    },
    {
      name: '6-demo-is-an-outsider',
      comment: 'demo/ imports only the kit and packages; to Stagedoor it talks by public HTTP.',
      severity: 'error',
      from: { path: '^src/demo/' },
      to: { path: '^src/', pathNot: '^src/(demo|resource-server)/' },
    },
    {
      name: 'no-cycles',
      comment: 'No cycles, not of types either.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'Every module is reached from somewhere, or it is dead.',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: '^src/(main|cli)[.]ts$' },
      to: {},
    },
    {
      name: 'no-unresolvable',
      comment: 'Every import leads somewhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-development-packages',
      comment: 'src runs with production dependencies only: the container has no others.',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only'],
      },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node', 'default'],
    },
  },
};
