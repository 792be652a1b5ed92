import { findProgram } from './find-program.ts';
import { whyNoHaproxy } from './haproxy.ts';
import { whyNoPgBouncer } from './pgbouncer.ts';
import { whyNoPreviousRelease } from './previous-release.ts';

const REASONS = {
  'update from the previous release': whyNoHaproxy || whyNoPreviousRelease,
  haproxy: whyNoHaproxy,
  PgBouncer: whyNoPgBouncer,
  promtool: findProgram('promtool') === undefined && 'promtool is not installed',
};

const skipped = Object.entries(REASONS).filter(([, reason]) => reason !== false);
const list = skipped.map(([name, reason]) => `${name} (${reason})`).join('; ');
console.log(list === '' ? 'No gate was skipped.' : `SKIPPED GATES: ${list}`);
