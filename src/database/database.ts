import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { PrismaPg } from '@prisma/adapter-pg';

import { CONFIG, type Config } from '../config/config.js';
import { type Prisma, PrismaClient } from './generated/client.js';

/** The longest that a transaction may take with what it asks of the session store: after that it is undone. In milliseconds. */
const TRANSACTION_TIMEOUT_MS = 10_000;

/** The database within a transaction: all of what is done there is kept, or none. */
export type Transaction = Prisma.TransactionClient;

/** PostgreSQL through Prisma. It connects at the first query, so a worker starts without it. */
@Injectable()
export class Database extends PrismaClient implements OnApplicationShutdown {
  constructor(@Inject(CONFIG) { database }: Config) {
    super({
      adapter: new PrismaPg({
        connectionString: database.url,
        max: database.pool_size,
        connectionTimeoutMillis: database.timeout_ms,
        query_timeout: database.timeout_ms,
        statement_timeout: database.timeout_ms,
      }),
      transactionOptions: { maxWait: database.timeout_ms, timeout: TRANSACTION_TIMEOUT_MS },
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.$disconnect();
  }
}
