import { configWarnings } from '../../src/config/config-warnings.js';
import { loadConfig } from '../../src/config/load-config.js';

const NEEDED = { DATABASE_URL: 'postgresql://localhost/app' };

async function warnings(variables: Record<string, string>): Promise<string[]> {
  return configWarnings(await loadConfig('config/server.yaml', { ...NEEDED, ...variables }));
}

test.each([
  {},
  { PUBLIC_URL: 'https://app.example', TRUST_PROXY: '10.0.0.0/8, fd00::/8, 203.0.113.9' },
  { PUBLIC_URL: 'http://localhost:3000' },
  { PUBLIC_URL: 'http://app.example', NODE_ENV: 'development' },
])('nothing is wrong with %j', async (variables) => {
  expect(await warnings(variables)).toEqual([]);
});

test.each([
  [{ PUBLIC_URL: 'https://app.example' }, /public_url is https and server\.trust_proxy is false/],
  [{ PUBLIC_URL: 'http://app.example' }, /public_url is http in production/],
  [
    { TRUST_PROXY: '0.0.0.0/1,128.0.0.0/1' },
    /trust_proxy has 0\.0\.0\.0\/1, 128\.0\.0\.0\/1, which/,
  ],
  [{ TRUST_PROXY: '2000::/3' }, /trust_proxy has 2000::\/3, which/],
])('%j is warned of', async (variables: Record<string, string>, warning) => {
  expect(await warnings(variables)).toEqual([expect.stringMatching(warning)]);
});

test.each(['0.0.0.0/0', '::/0', '10.0.0.0/8, 0.0.0.0/0'])(
  'everybody is no proxy: %s is refused',
  async (networks) => {
    await expect(warnings({ TRUST_PROXY: networks })).rejects.toThrow(/server\.trust_proxy: holds/);
  },
);

test.each(['https://app.example/app', 'https://user@app.example', 'https://app.example?a=b'])(
  'links are made with an origin alone: %s is refused',
  async (url) => {
    await expect(warnings({ PUBLIC_URL: url })).rejects.toThrow(
      /server\.public_url: holds .*without a path/,
    );
  },
);
