import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import Handlebars, { type HelperOptions } from 'handlebars';

import type { StaticFiles } from './static-files.js';

/**
 * The templates of a folder, compiled once. Each is known by its path without extension: `login`, `layouts/page`.
 *
 * `{{#layout "page" title="…"}}…{{/layout}}` puts a page into layouts/page, which shows it as `{{@content}}` and knows what
 * else it was given as `{{@title}}`. `{{slot "footer"}}` shows the template `slots/footer` of each feature that has one;
 * as a block, `{{#slot "footer"}}…{{/slot}}`, it shows its content when none has.
 */
export class Views {
  readonly #handlebars = Handlebars.create();
  readonly #templates = new Map<string, Handlebars.TemplateDelegate>();
  /** The templates of each slot, in the order of the features. */
  readonly #slots = new Map<string, readonly Handlebars.TemplateDelegate[]>();

  /** @param files those that the templates name by `asset` */
  constructor(
    folder: string,
    files: Pick<StaticFiles, 'addressOf'>,
    additions: readonly ViewsAddition[] = [],
  ) {
    this.#handlebars.registerHelper({
      ...HELPERS,
      asset: (path: string) => files.addressOf(path),
      layout: layoutHelper((name) => this.#template(`layouts/${name}`)),
      slot: slotHelper(this.#slots),
    });
    this.#compile(folder, '');
    for (const { name, views, helpers = {} } of additions) {
      this.#addHelpers(helpers);
      if (views !== undefined) this.#compile(views, `${name}/`);
      this.#fillSlots(`${name}/slots/`);
    }
  }

  #fillSlots(prefix: string): void {
    for (const [name, template] of this.#templates) {
      if (!name.startsWith(prefix)) continue;
      const slot = name.slice(prefix.length);
      this.#slots.set(slot, [...(this.#slots.get(slot) ?? []), template]);
    }
  }

  /** @throws Error when there is a helper of this name already: templates of others rely on that */
  #addHelpers(helpers: NonNullable<ViewsAddition['helpers']>): void {
    for (const [name, helper] of Object.entries(helpers)) {
      if (name in this.#handlebars.helpers)
        throw new Error(`there is a template helper ${name} already`);
      this.#handlebars.registerHelper(name, helper as Handlebars.HelperDelegate);
    }
  }

  #compile(folder: string, prefix: string): void {
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.hbs')) continue;
      const name = prefix + file.slice(0, -'.hbs'.length).replaceAll('\\', '/');
      if (this.#templates.has(name)) throw new Error(`there is a template ${name} already`);
      // Else a partial is indented as its call is, and so is every line of a <pre> in it.
      const template = this.#handlebars.compile(readFileSync(join(folder, file), 'utf8'), {
        preventIndent: true,
      });
      this.#handlebars.registerPartial(name, template);
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

/** What a feature adds to the templates. */
export interface ViewsAddition {
  readonly name: string;
  /** A folder of templates outside the app's own, which get the prefix `NAME/`. */
  readonly views?: string;
  readonly helpers?: Readonly<Record<string, (...args: never[]) => unknown>>;
}

const HELPERS = {
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

/** What a slot is given besides its name goes to the templates in it, as `{{of}}`. */
function slotHelper(slots: ReadonlyMap<string, readonly Handlebars.TemplateDelegate[]>) {
  return function (this: object, name: string, { fn, hash }: HelperOptions) {
    const templates = slots.get(name);
    if (!templates) return fn ? fn(this) : '';
    const context = { ...this, ...hash };
    return new Handlebars.SafeString(templates.map((template) => template(context)).join(''));
  };
}
