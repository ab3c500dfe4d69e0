import type { Config } from '../config/config.js';
import type { MetricsReport } from '../metrics/metrics.js';
import type { Retirement } from './endings.js';

/** What the supervisor tells a worker. */
export type Order =
  /** The settings to serve with: a worker reads no file, so that all of a generation have the same. */
  | { readonly start: Config }
  /** Answer what comes over the connection that is sent along. */
  | { readonly serve: true }
  /** Answer what is under way, then end. */
  | { readonly drain: true }
  /** Report the metrics. */
  | { readonly metrics: true };

/** What a worker tells its supervisor. */
export type Report =
  /** It listens to orders; what was sent to it before is lost. */
  | { readonly hello: true }
  /** It can serve. */
  | { readonly ready: true }
  /** It has taken the connection that it was given. */
  | { readonly taken: true }
  /** Sent every second: the event loop turns, and this much memory is in use, in bytes. */
  | { readonly alive: { readonly rss: number } }
  /** It wants to end once another is there. */
  | { readonly retire: Retirement }
  /** What it has counted so far: sent when it is asked for, and at its end. */
  | { readonly metrics: MetricsReport };

/** How often a worker says that it is alive, in milliseconds. */
export const ALIVE_EVERY_MS = 1_000;
