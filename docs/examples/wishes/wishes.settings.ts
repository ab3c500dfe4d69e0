import { z } from 'zod';

import { integer } from '../config/settings.js';

/** The section `wishes` of server.yaml, which may be left out. */
export const settings = z
  .strictObject({ max_in_session: integer(1, 100).default(20) })
  .prefault({});

declare module '../config/config.js' {
  interface FeatureSettings {
    readonly wishes: z.infer<typeof settings>;
  }
}
