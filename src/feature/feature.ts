import { Global, Module, type ModuleMetadata, type Type } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';

import type { Config } from '../config/config.js';
import type { PrismaClient } from '../database/generated/client.js';
import type { Session } from '../session/session.js';
import type { SessionData } from '../session/session-data.js';
import type { SessionObserver } from '../session/session-observer.js';

/** What a feature adds to the app, besides what every Nest module has. docs/features.md explains each with an example. */
export interface FeatureMetadata extends ModuleMetadata {
  /** The name of its folder in src/. It is the prefix of its templates, too, and its section in server.yaml. */
  readonly name: string;
  /**
   * Fields of the session data. Each holds JSON, or is a `z.codec` to JSON, and has a default for sessions that lack it, or
   * have a value that the schema refuses.
   */
  readonly session?: z.ZodRawShape;
  /**
   * The folder of its templates; by default `views/NAME`. A template `slots/SLOT` in it is shown where the templates of
   * others say `{{slot "SLOT"}}`.
   */
  readonly views?: string;
  /** Helpers for templates, by their names. On every page a helper hides fields of its name. */
  readonly helpers?: Readonly<Record<string, (...args: never[]) => unknown>>;
  readonly navigation?: readonly NavigationEntry[];
  /** Provider of data that the templates of all pages get, as `{{NAME.…}}`. */
  readonly layout?: Type<LayoutPart>;
  /** Provider that hears what the session library does. It can't inject `Sessions`, which is made after it. */
  readonly sessionObserver?: Type<SessionObserver>;
  /** The name of the app on its pages, in emails and in authenticator apps, in place of src/config/app-name.ts. */
  readonly appName?: string;
  /** Whether a controller of it answers `/`: then the app's own home page is left out. */
  readonly hasHomePage?: boolean;
  /** Fills a database with data to try. It never runs in production, and leaves alone what is there already. */
  readonly seed?: Seed;
}

export interface NavigationEntry {
  readonly label: string;
  readonly href: string;
  /** Who sees it: by default everybody. */
  readonly for?: 'users' | 'guests';
  readonly badge?: {
    /** The number beside the label; 0 shows none. */
    readonly count: (data: SessionData) => number;
    /** What is counted, one and many: screen readers say it. */
    readonly unit: readonly [string, string];
  };
}

export interface LayoutPart {
  /** @param session null while the session store is unavailable */
  of(session: Session | null, request: FastifyRequest): object | Promise<object>;
}

/** Resolves to what a developer who starts the app wants to know of the data: labels with values. */
export type Seed = (
  database: PrismaClient,
  config: Config,
) => Promise<Readonly<Record<string, string>>>;

const FEATURE = Symbol('feature');

const NAME = /^[a-z][a-z0-9-]*$/;

/** A Nest module that plugs into the app by one line in src/app.module.ts. */
export function Feature(feature: FeatureMetadata): ClassDecorator {
  const { imports = [], controllers = [], providers = [], exports = [] } = feature;
  const parts = [feature.layout ?? [], feature.sessionObserver ?? []].flat();
  const all = [...new Set([...providers, ...parts])];
  return (module) => {
    // Global, because the layout and the session module inject its parts.
    Global()(module);
    Module({ imports, controllers, providers: all, exports: [...exports, ...parts] })(module);
    Reflect.defineMetadata(FEATURE, feature, module);
  };
}

/** @throws Error when a feature has no proper name, or two bring something of which there can be only one */
export function checkFeatures(features: readonly FeatureMetadata[]): void {
  for (const { name } of features) {
    if (!NAME.test(name)) throw new Error(`${JSON.stringify(name)} is no name for a feature`);
  }
  const claims = features.flatMap((feature) => [
    `the name ${feature.name}`,
    ...Object.keys(feature.session ?? {}).map((field) => `the session field ${field}`),
    ...(feature.hasHomePage ? ['the home page'] : []),
    ...(feature.appName ? ['the name of the app'] : []),
  ]);
  const twice = claims.find((claim, i) => claims.indexOf(claim) !== i);
  if (twice !== undefined) throw new Error(`two features bring ${twice}`);
}

/** What `@Feature()` says of a module. @throws Error when the module has no such decorator */
export function featureOf(module: Type): FeatureMetadata {
  const feature = Reflect.getMetadata(FEATURE, module) as FeatureMetadata | undefined;
  if (!feature) throw new Error(`${module.name} is not a feature: it lacks @Feature()`);
  return feature;
}
