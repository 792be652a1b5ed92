import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { FOREIGN_CLIENTS } from '../support/foreign-client.ts';
import { BROWSER_PROGRAMS } from '../support/programs/browser-programs.ts';
import { CLIENTS } from '../support/programs/clients.ts';
import { FRAMEWORKS } from '../support/programs/frameworks.ts';
import { PROCESSES } from '../support/programs/processes.ts';
import type { Program } from '../support/programs/program.ts';

const ROOT = join(import.meta.dirname, '../..');
const GUIDES = ['browser-apps', 'native-apps', 'servers', 'agents'];
const LOCALES = ['en', 'de'];

type TestedLibrary = Pick<Program, 'library' | 'settings'>;

/** Libraries of the complete programs, which guide-examples.test.ts runs. */
const EXAMPLES: readonly TestedLibrary[] = [
  { library: 'openid-client', settings: [] },
  { library: 'oauth4webapi', settings: ["algorithm: 'oauth2'"] },
];

const tested = new Map(
  [
    ...EXAMPLES,
    ...CLIENTS,
    ...FRAMEWORKS,
    ...PROCESSES,
    ...BROWSER_PROGRAMS,
    ...FOREIGN_CLIENTS,
  ].map(({ library, settings }) => [library, settings]),
);

const manifest = z.object({ version: z.string() });

describe('tables of tested libraries in the guides', () => {
  for (const locale of LOCALES) {
    for (const guide of GUIDES) {
      it(`${locale}/${guide} lists tested libraries with their settings and versions`, () => {
        const rows = readRows(locale, guide);
        assert.ok(rows.length > 0);
        for (const { library, version, settings } of rows) {
          assert.deepEqual(settings, tested.get(library), library);
          const installed = installedVersion(library);
          assert.equal(version, installed ?? version, library);
        }
      });
    }

    it(`${locale}: every tested library is in a table`, () => {
      const listed = GUIDES.flatMap((guide) => readRows(locale, guide));
      const names = new Set(listed.map(({ library }) => library));
      assert.deepEqual([...names].sort(), [...tested.keys()].sort());
    });
  }
});

/** Reads rows with the columns library, version and settings. */
function readRows(locale: string, guide: string) {
  const source = readFileSync(join(ROOT, `views/docs/${locale}/${guide}.md`), 'utf8');
  return [...source.matchAll(/^\| `([^`]+)`(?: \(\w+\))? \| ([\d.]+) \| (.*) \|$/gm)].map(
    ([, library = '', version = '', settings = '']) => ({
      library,
      version,
      settings: [...settings.matchAll(/`([^`]+)`/g)].map(([, setting]) => setting),
    }),
  );
}

/** Major version of a package from npm, or `0.` and the minor version; undefined for others. */
function installedVersion(library: string): string | undefined {
  const file = join(ROOT, 'node_modules', library, 'package.json');
  if (!existsSync(file)) {
    return undefined;
  }
  const { version } = manifest.parse(JSON.parse(readFileSync(file, 'utf8')));
  return /^(0\.\d+|[1-9]\d*)/.exec(version)?.[0];
}
