import { APP_NAME } from './config/app-name.js';
import { takeFlash } from './flash/flash.js';
import type { LayoutOf } from './http/pages.js';

/** What the layout shows on every page. Of a session that can't be looked up just now it shows nothing. */
export function layout(): LayoutOf {
  return async (session) => ({
    appName: APP_NAME,
    flash: session && (await takeFlash(session)),
    signedIn: session && session.owner !== null,
  });
}
