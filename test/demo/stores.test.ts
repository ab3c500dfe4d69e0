import { STORES } from '../../dev/session-store.js';
import { startStackOn } from '../../dev/stack.js';
import { storeName } from '../../src/demo/panel/session-place.js';
import { Browser } from '../app/browser.js';
import { keyOf } from '../app/session-in-redis.js';

test.each(STORES)(
  'the walk-through and the panel show what is in the store, and neither its key nor the id: %s',
  async (store) => {
    const stack = await startStackOn(store, { env: { WORKERS: store === 'memory' ? '1' : '2' } });
    const ada = new Browser(stack.url);
    await ada.logIn();
    const html = await (await ada.get('/how-it-works')).text();
    await stack.stop();
    expect(html).toMatch(/<p>read, [\d.,]+ ms<\/p>/);
    expect(html).toContain('&quot;owner&quot;: &quot;');
    expect(html).toContain(`/how-it-works/src/session/stores/${store}.store.ts#read`);
    expect(html).toContain(`<dd>${storeName(store)}</dd>`);
    expect(html).not.toContain(keyOf(ada).replace('session:', ''));
    expect(html).not.toContain(ada.id);
  },
);
