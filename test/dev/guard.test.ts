import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

import { groupRuns } from '../../dev/process-tree.js';

/** Starts a server, has it frozen or not, and says where it is. */
const STARTER = `
import { startRedis } from './dev/redis.ts';
const redis = await startRedis();
if (process.argv[1] === 'frozen') await redis.freeze();
console.log(JSON.stringify({ pid: redis.pid, folder: redis.server.folder }));
setInterval(() => {}, 1000);
`;

test.each(['running', 'frozen'])(
  'who starts a server and is killed leaves neither it nor its folder behind: %s',
  async (state) => {
    const starter = spawn(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', STARTER, state],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [line] = (await once(createInterface(starter.stdout), 'line')) as [string];
    const { pid, folder } = JSON.parse(line) as { pid: number; folder: string };
    expect(groupRuns(pid)).toBe(true);
    expect(existsSync(folder)).toBe(true);

    starter.kill('SIGKILL');
    while (groupRuns(pid) || existsSync(folder)) await pause(20);
  },
);
