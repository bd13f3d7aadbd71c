import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import { migrate } from "../store/migrate.ts";

const TEMPLATE = "sluice_template";
// A clone waits until nobody is connected to the template; two files that start together take turns.
const CLONE_LOCK = 728_463;

export interface TestDatabase {
  /** As the role that the product uses: owner of the database, no superuser. */
  readonly url: string;
  /** Cuts whoever is still connected and removes the database. */
  drop(): Promise<void>;
}

/**
 * A database of one's own, with every migration applied, in some 50 ms. For files named `*.db.test.ts`:
 *
 *     let database: TestDatabase;
 *     beforeAll(async () => { database = await createTestDatabase(); });
 *     afterAll(() => database.drop());
 */
export function createTestDatabase(): Promise<TestDatabase> {
  return cloneDatabase(TEMPLATE);
}

/** The same without any table; for tests of the migrations themselves. */
export function createEmptyDatabase(): Promise<TestDatabase> {
  return cloneDatabase("template0");
}

/** Called once per run by `database-setup.ts`. */
export async function makeTemplate(superuserUrl: string, ownerUrl: string): Promise<void> {
  await asSuperuser(superuserUrl, (client) =>
    client.query(`CREATE DATABASE ${TEMPLATE} OWNER sluice TEMPLATE template0`),
  );
  await migrate(withDatabase(ownerUrl, TEMPLATE));
}

async function cloneDatabase(template: string): Promise<TestDatabase> {
  const superuserUrl = inject("superuserUrl");
  const name = `test_${randomBytes(8).toString("hex")}`;
  await asSuperuser(superuserUrl, async (client) => {
    await client.query("SELECT pg_advisory_lock($1)", [CLONE_LOCK]);
    await client.query(`CREATE DATABASE ${name} OWNER sluice TEMPLATE ${template}`);
  });
  return {
    url: withDatabase(inject("ownerUrl"), name),
    drop: () =>
      asSuperuser(superuserUrl, async (client) => {
        await untilAlone(client, name);
        await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      }),
  };
}

/** A closed pool still says goodbye; who is cut in the middle of it reports an error that no test asked for. */
async function untilAlone(client: pg.Client, name: string): Promise<void> {
  for (let tried = 0; tried < 20; tried += 1) {
    const { rows } = await client.query(`SELECT 1 FROM pg_stat_activity WHERE datname = $1 LIMIT 1`, [name]);
    if (rows.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

async function asSuperuser(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
