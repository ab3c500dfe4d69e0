import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import Handlebars from 'handlebars';

import { formatMoney, type Money } from '../money/money.js';
import type { StaticFiles } from './static-files.js';

/** The templates of a folder, compiled once. Each is known by its path without extension: `login`, `layouts/page`. */
export class Views {
  readonly #templates = new Map<string, Handlebars.TemplateDelegate>();

  /** @param files those that the templates name by `asset` */
  constructor(folder: string, files: StaticFiles) {
    const handlebars = Handlebars.create();
    handlebars.registerHelper({ ...HELPERS, asset: (path: string) => files.addressOf(path) });
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
    const template = this.#templates.get(name);
    if (!template) throw new Error(`there is no view ${name}`);
    return template(context);
  }
}

const HELPERS = {
  money: (money: Money) => formatMoney(money),
  eq: (a: unknown, b: unknown) => a === b,
  plural: (count: number, one: string, many: string) => (count === 1 ? one : many),
};
