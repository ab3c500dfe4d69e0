import { type Stack, startStack } from '../../dev/stack.js';
import { fuzz, settingsForFuzzing } from '../app/fuzz.js';
import { soak } from '../soak.js';

const REQUESTS = soak(1_000, 10_000);

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ LOG_LEVEL: 'error' }, { settings: settingsForFuzzing });
});
afterAll(async () => stack.stop());

const PATHS = [
  ...['/', '/products/tea', '/products/x', '/demo/products/tea.svg', '/cart', '/cart/items'],
  ...['/cart/items/tea', '/checkout', '/orders', '/orders/0000-0000-0000', '/orders/x'],
  ...['/demo/kill-worker', '/how-it-works', '/how-it-works/src/session/session.ts'],
];
const FIELDS = ['product', 'quantity', 'cart', 'contents', 'before', 'pid', 'next', 'answers'];

test(`no rubbish of ${REQUESTS} requests to the demo is a mistake of ours, or kills a worker`, async () => {
  await fuzz(stack, { paths: PATHS, fields: FIELDS, values: ['tea', '1'], requests: REQUESTS });
});
