import { join } from 'node:path';

import { Feature } from '../feature/feature.js';
import { WishesController } from './wishes.controller.js';
import { WishesService } from './wishes.service.js';
import { wishesInSession } from './wishes.session.js';

/** A wish list: a page, a field of the session, an entry of the navigation, a setting and a table. */
@Feature({
  name: 'wishes',
  controllers: [WishesController],
  providers: [WishesService],
  views: join(import.meta.dirname, 'views'),
  session: wishesInSession,
  navigation: [
    {
      label: 'Wishes',
      href: '/wishes',
      badge: { count: ({ wishes }) => wishes.length, unit: ['new wish', 'new wishes'] },
    },
  ],
})
export class WishesModule {}
