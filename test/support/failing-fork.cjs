const cluster = require('node:cluster');

// Lets the next start of a worker after SIGUSR2 fail, as if the system had no memory for it.
const { fork } = cluster;
let fails = false;
cluster.fork = (env) => {
  if (fails) {
    fails = false;
    throw new Error('no memory');
  }
  return fork.call(cluster, env);
};
process.on('SIGUSR2', () => {
  fails = true;
  console.log('The next worker does not start');
});
