import { formAccountOf } from './auth/form-account.js';
import type { Config } from './config/config.js';
import type { FeatureMetadata, LayoutPart, NavigationEntry } from './feature/feature.js';
import { takeFlash } from './flash/flash.js';
import type { LayoutOf } from './http/pages.js';
import { isFolder } from './mail/mail.module.js';
import type { Session } from './session/session.js';

/** What the layout shows on every page. Of a session that can't be looked up just now it shows nothing. */
export function layout(features: readonly FeatureMetadata[]) {
  const entries = features.flatMap(({ navigation = [] }) => navigation);
  const named = features.flatMap(({ name, layout: part }) => (part ? [name] : []));
  return ({ mail }: Config, appName: string, ...parts: LayoutPart[]): LayoutOf =>
    async (session, request) => {
      const signedIn = session && session.owner !== null;
      const shown: Record<string, unknown> = {
        appName,
        // First: parts may show what the store was asked for the page.
        flash: session && (await takeFlash(session)),
        inbox: isFolder(mail),
        signedIn,
        formAccount: signedIn && formAccountOf(session.owner),
        navigation: entries.filter(isFor(signedIn)).map((entry) => withBadge(entry, session)),
      };
      for (const [i, name] of named.entries()) shown[name] = await parts[i]?.of(session, request);
      return shown;
    };
}

/** The names of the above in templates: no feature can have one of them. */
export const LAYOUT_NAMES = ['flash', 'inbox', 'navigation'];

/** @param signedIn null while nobody can tell */
function isFor(signedIn: boolean | null) {
  return ({ for: audience }: NavigationEntry): boolean =>
    audience === undefined || signedIn === (audience === 'users');
}

function withBadge({ label, href, badge }: NavigationEntry, session: Session | null) {
  const [one, many] = badge?.unit ?? [];
  return { label, href, count: session && badge?.count(session.data), one, many };
}
