const cluster = require('node:cluster');

// Lets the third start of a worker fail, as if the system had no memory for it.
const { fork } = cluster;
let count = 0;
cluster.fork = (env) => {
  count += 1;
  if (count === 3) {
    throw new Error('no memory');
  }
  return fork.call(cluster, env);
};
