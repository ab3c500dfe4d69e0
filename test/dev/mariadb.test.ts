import { startMariadb } from '../../dev/mariadb.js';

test('servers that start at once leave each other their files', async () => {
  const servers = await Promise.allSettled([1, 2, 3, 4, 5, 6].map(async () => startMariadb()));
  const started = servers.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  await Promise.all(started.map(async (server) => server.stop()));
  const failures = servers.flatMap((one) =>
    one.status === 'rejected' ? [String(one.reason)] : [],
  );
  expect(failures).toEqual([]);
});
