import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import Handlebars, { type HelperOptions } from 'handlebars';

import { formatMoney, type Money } from '../money/money.js';
import type { StaticFiles } from './static-files.js';

/**
 * The templates of a folder, compiled once. Each is known by its path without extension: `login`, `layouts/page`.
 *
 * `{{#layout "page" title="…"}}…{{/layout}}` puts a page into layouts/page, which shows it as `{{@content}}` and knows what
 * else it was given as `{{@title}}`.
 */
export class Views {
  readonly #templates = new Map<string, Handlebars.TemplateDelegate>();

  /** @param files those that the templates name by `asset` */
  constructor(folder: string, files: StaticFiles) {
    const handlebars = Handlebars.create();
    handlebars.registerHelper({
      ...HELPERS,
      asset: (path: string) => files.addressOf(path),
      layout: layoutHelper((name) => this.#template(`layouts/${name}`)),
    });
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.hbs')) continue;
      const name = file.slice(0, -'.hbs'.length).replaceAll('\\', '/');
      // Else a partial is indented as its call is, and so is every line of a <pre> in it.
      const template = handlebars.compile(readFileSync(join(folder, file), 'utf8'), {
        preventIndent: true,
      });
      handlebars.registerPartial(name, template);
      this.#templates.set(name, template);
    }
  }

  render(name: string, context: object): string {
    return this.#template(name)(context);
  }

  #template(name: string): Handlebars.TemplateDelegate {
    const template = this.#templates.get(name);
    if (!template) throw new Error(`there is no view ${name}`);
    return template;
  }
}

const HELPERS = {
  money: (money: Money) => formatMoney(money),
  eq: (a: unknown, b: unknown) => a === b,
  plural: (count: number, one: string, many: string) => (count === 1 ? one : many),
};

/**
 * A partial block would do, but what it leaves of each page outlives V8's young generation: collecting that took a fifth
 * of a page's time.
 */
function layoutHelper(layoutOf: (name: string) => Handlebars.TemplateDelegate) {
  return function (this: object, name: string, { fn, hash }: HelperOptions): string {
    const content = new Handlebars.SafeString(fn(this));
    return layoutOf(name)(this, { data: { ...hash, content } });
  };
}
