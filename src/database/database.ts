import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { PrismaPg } from '@prisma/adapter-pg';
import { Pool } from 'pg';

import { CONFIG, type Config } from '../config/config.js';
import { type Prisma, PrismaClient } from './generated/client.js';

/** The longest that a transaction may take with what it asks of the session store: after that it is undone. In milliseconds. */
const TRANSACTION_TIMEOUT_MS = 10_000;

/** The database within a transaction: all of what is done there is kept, or none. */
export type Transaction = Prisma.TransactionClient;

/** The id that no user has, to look up where there is nobody: so that it takes as long as for a user. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

/** PostgreSQL through Prisma. It connects at the first query, so a worker starts without it. */
@Injectable()
export class Database extends PrismaClient implements OnModuleInit, OnApplicationShutdown {
  /** Prisma's own connections, for what takes a statement of SQL where Prisma takes several. */
  readonly pool: Pool;

  constructor(@Inject(CONFIG) { database }: Config) {
    const pool = new Pool({
      connectionString: database.url,
      max: database.pool_size,
      connectionTimeoutMillis: database.timeout_ms,
      query_timeout: database.timeout_ms,
      statement_timeout: database.timeout_ms,
    });
    super({
      adapter: new PrismaPg(pool),
      transactionOptions: { maxWait: database.timeout_ms, timeout: TRANSACTION_TIMEOUT_MS },
    });
    // An idle connection that is lost is replaced when one is needed; whoever needs it hears of an outage.
    pool.on('error', () => undefined);
    this.pool = pool;
  }

  /** Loads Prisma's compiler of queries, so that no request waits for that. PostgreSQL is asked nothing yet. */
  async onModuleInit(): Promise<void> {
    await this.$connect();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.close();
  }

  /** Closes all connections. Idle ones would keep the process for ten seconds. */
  async close(): Promise<void> {
    await this.$disconnect();
    await this.pool.end();
  }
}
