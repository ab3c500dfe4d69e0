import { z } from 'zod';

import type { Config } from '../config/config.js';
import { onOff } from '../config/settings.js';

/** The section `demo` of server.yaml. */
export const settings = z.strictObject({ show_panel: onOff() });

declare module '../config/config.js' {
  interface FeatureSettings {
    readonly demo: z.infer<typeof settings>;
  }
}

/** Whether pages have the panel, and the walk-through is there: never in production. */
export function hasPanel({ environment, demo }: Config): boolean {
  return environment !== 'production' && demo.show_panel;
}
