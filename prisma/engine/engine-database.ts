import { PrismaPg } from '@prisma/adapter-pg';
import {
  ColumnTypeEnum,
  DriverAdapterError,
  type SqlQuery,
  type SqlResultSet,
} from '@prisma/driver-adapter-utils';
import { DatabaseError, type Pool, type QueryResult } from 'pg';

/** PostgreSQL as the schema engine needs it: Prisma's adapter for queries, with what that lacks for migrations. */
export class EngineDatabase extends PrismaPg {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    super(letInternalCharPass(pool), { schema: 'public' });
    this.#pool = pool;
  }

  override async connect(): ReturnType<PrismaPg['connect']> {
    const adapter = await super.connect();
    const queryRaw = adapter.queryRaw.bind(adapter);
    return Object.assign(adapter, {
      executeScript: async (script: string) => this.#execute(script),
      queryRaw: async (query: SqlQuery) => markInternalChar(await queryRaw(query)),
    });
  }

  /**
   * The adapter's own splits a script at each semicolon, also within a function or a text. Sent whole, PostgreSQL runs
   * it as one transaction: a migration is applied or it isn't.
   */
  async #execute(script: string): Promise<void> {
    try {
      await this.#pool.query(script);
    } catch (error) {
      throw error instanceof DatabaseError ? readable(error) : error;
    }
  }
}

/** The error in a kind that the engine knows: it reads only some of those that the adapter makes. */
function readable({ code, severity, message, detail, column, hint }: DatabaseError) {
  return new DriverAdapterError({
    kind: 'postgres',
    code: code ?? '',
    severity: severity ?? 'ERROR',
    message,
    detail,
    column,
    hint,
  });
}

/** The type "char" of columns in PostgreSQL's own tables, and the type of an array of them. */
const INTERNAL_CHAR = 18;
const INTERNAL_CHAR_ARRAY = 1002;

/** The adapter refuses the type "char", which the engine asks for. It lets arrays of it pass, so they stand in. */
function letInternalCharPass(pool: Pool): Pool {
  const query = pool.query.bind(pool) as (...query: unknown[]) => Promise<QueryResult>;
  pool.query = (async (...args: unknown[]) => {
    const result = await query(...args);
    for (const field of result.fields ?? []) {
      if (field.dataTypeID === INTERNAL_CHAR) field.dataTypeID = INTERNAL_CHAR_ARRAY;
    }
    return result;
  }) as Pool['query'];
  return pool;
}

function markInternalChar({ columnTypes, ...result }: SqlResultSet): SqlResultSet {
  return {
    ...result,
    columnTypes: columnTypes.map((type) =>
      type === ColumnTypeEnum.CharacterArray ? ColumnTypeEnum.Character : type,
    ),
  };
}
