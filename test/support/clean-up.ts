import type { Db } from '../../src/db/database.ts';
import { frequentJobs, grantRemoval, hourlyJobs, type JobConfig } from '../../src/jobs/jobs.ts';

/** Runs these scheduled jobs completely, even if they are not due. */
export async function cleanUp(
  { database, config }: { database: { readonly db: Db }; config: JobConfig },
  ...names: readonly string[]
): Promise<void> {
  for (const name of names) {
    const job = [...frequentJobs(), ...hourlyJobs(config), grantRemoval()].find(
      (one) => one.name === name,
    );
    if (job === undefined) {
      throw new Error(`There is no job ${name}.`);
    }
    const doBatch = job.begin(database.db);
    while ((await doBatch(1000)).more) {}
  }
}
