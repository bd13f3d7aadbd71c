import type { Pool } from "pg";
import type { PgBoss } from "pg-boss";
import type { Logger } from "pino";
import type { ClusterConfig, Config } from "../config.ts";
import type { SourcePool } from "./source-pool.ts";

/** What every job receives. Clocks and clients come from here, so that a test can bring its own. */
export type JobContext = {
  readonly config: Config;
  readonly pool: Pool;
  readonly boss: PgBoss;
  readonly log: Logger;
  readonly now: () => Date;
  /** Clusters of the configuration by their stored id. */
  readonly clusters: ReadonlyMap<number, ClusterConfig>;
  readonly sources: SourcePool;
};
