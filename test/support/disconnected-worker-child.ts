import { onSupervisor } from '../../src/server/worker.ts';

/* A worker with something that keeps it alive, which ends with 7 when it has to stop. */
const ignore = () => {};
onSupervisor({ drain: ignore, retire: ignore, stop: () => process.exit(7) });
setInterval(ignore, 1_000);
process.send?.('ready');
