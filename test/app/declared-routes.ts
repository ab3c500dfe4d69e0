import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

export interface Route {
  readonly method: string;
  readonly path: string;
}

/**
 * All routes that the controllers of the app declare.
 * @param feature the built file of a feature that the app has
 */
export function declaredRoutes(feature: string, env: Readonly<Record<string, string>>): Route[] {
  const printed = execFileSync(process.execPath, ['test/app/print-routes.mjs', feature], {
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  const files = new Set(
    readdirSync('public', { recursive: true, encoding: 'utf8' }).map((file) => `/${file}`),
  );
  return (JSON.parse(printed) as string[])
    .map((route) => route.split(' ', 2) as [string, string])
    .map(([method, path]) => ({ method, path }))
    .filter(({ method, path }) => method !== 'HEAD' && !files.has(path));
}

export const nameOf = ({ method, path }: Route): string => `${method} ${path}`;

/** A path that fits, of something that there may be. */
export const pathOf = ({ path }: Route): string => path.replaceAll(/:\w+/g, 'x');

/** How often each form of a page says whose it is: `[action, times]`. */
export function accountsInForms(html: string): [string, number][] {
  return [...html.matchAll(/<form[^>]*action="([^"]*)".*?<\/form>/gs)].map(
    ([form, action = '']) => {
      const named = form.match(/<input type="hidden" name="account" value="[\w-]{22}">/g) ?? [];
      return [action, named.length];
    },
  );
}
