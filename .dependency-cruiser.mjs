// Module boundaries. Rules match folders, not file names; the one exception is `store`: SQL stands
// in files called store.ts or *-store.ts. `npm run check` prints a broken rule with its comment.
// test/support/check-boundaries.ts runs this and makes sure that every file was seen: an unreadable
// file would otherwise break no rule.

const STORE = '[/-]store[.]ts$';
const SQL = '^node_modules/(kysely|pg|@electric-sql/pglite)/';
const KOA = '^node_modules/(@types/)?(koa|@koa/[^/]+)/';
/** Folders that handle requests. The command line serves the API to itself. */
const HTTP_SIDE = [
  '/pages/',
  '^src/(http|api|bearer-api|changes|introspection|leaked|oidc|operations|site|token-endpoint|tracing|cli)/',
  '^src/directory/import/',
  '^src/applications/dynamic/',
  '^src/app[.]ts$',
  '^src/kit/',
  '^src/demo/',
];

export default {
  forbidden: [
    {
      name: 'queries-only-in-stores',
      comment: 'Queries only in store files and db/.',
      severity: 'error',
      from: { path: '^src/', pathNot: [STORE, '^src/db/'] },
      to: { path: SQL },
    },
    {
      name: 'koa-only-on-the-http-side',
      comment: 'Nouns, verbs and stores never import koa: only pages/ and the folders of HTTP do.',
      severity: 'error',
      from: { path: '^src/', pathNot: HTTP_SIDE },
      to: { path: KOA },
    },
    {
      name: 'lib-imports-nothing',
      comment: 'lib/ imports nothing else of src.',
      severity: 'error',
      from: { path: '^src/lib/' },
      to: { path: '^src/', pathNot: '^src/lib/' },
    },
    {
      name: 'http-and-api-know-no-capability',
      comment: 'http/ and api/ import no capability.',
      severity: 'error',
      from: { path: '^src/(http|api)/' },
      to: { path: '^src/', pathNot: '^src/(http|api|lib|db|config|limits)/' },
    },
    {
      name: 'provider-only-at-its-seam',
      comment: 'Only oidc/ and authorization/pages/ import oidc-provider.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/oidc/', '^src/authorization/pages/'] },
      to: { path: '^node_modules/(@types/)?oidc-provider/' },
    },
    {
      name: 'provider-public-interface-only',
      comment: 'Of oidc-provider only the public interface, never oidc-provider/lib/*.',
      severity: 'error',
      from: { path: '^(src|test)/' },
      to: {
        path: '^node_modules/oidc-provider/lib/',
        pathNot: '^node_modules/oidc-provider/lib/index[.]js$',
      },
    },
    {
      name: 'kit-stands-alone',
      comment: 'kit/ is a package for other services: it imports nothing else of src.',
      severity: 'error',
      from: { path: '^src/kit/' },
      to: { path: '^src/', pathNot: '^src/kit/' },
    },
    {
      name: 'kit-by-its-name',
      comment: 'The kit is imported as @stagedoor/resource-server, never by the path of a file.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/kit/' },
      to: { path: '^src/kit/', dependencyTypesNot: ['aliased-workspace'] },
    },
    {
      name: 'demo-is-an-outsider',
      comment: 'demo/ imports only the kit and packages; to Stagedoor it talks by public HTTP.',
      severity: 'error',
      from: { path: '^src/demo/' },
      to: { path: '^src/', pathNot: '^src/(demo|kit)/' },
    },
    {
      name: 'no-folder-cycles',
      comment: 'No cycles between folders.',
      severity: 'error',
      scope: 'folder',
      from: {},
      to: { circular: true },
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
      comment:
        'src runs with production dependencies only: the container has no others. The demo MCP server is for a checkout.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/demo/mcp/' },
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
