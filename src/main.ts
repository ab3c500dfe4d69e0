import cluster from 'node:cluster';

// Each kind of process loads what it needs and no more: a supervisor has no use for the application, which takes a second
// to load, and a worker gets its settings from its supervisor.
if (cluster.isWorker) {
  const { runSupervisedWorker } = await import('./workers/supervised-worker.js');
  runSupervisedWorker();
} else {
  const { run } = await import('./workers/run.js');
  await run();
}
