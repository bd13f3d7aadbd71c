import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { createLogger } from "../log.ts";
import { startEmbeddedPostgres } from "../postgres/embedded.ts";
import { makeTemplate } from "./database.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Superuser of the run's own PostgreSQL. */
    superuserUrl: string;
    /** Owner of the migrated template; each test connects as this ordinary role. */
    ownerUrl: string;
  }
}

/** One PostgreSQL per test run, migrated once; each test file clones the result. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = mkdtempSync(join(tmpdir(), "sluice-test-"));
  chmodSync(dataDir, 0o711); // a root run's server is another account, which must get through
  const log = createLogger({ level: "warn" });
  const server = await startEmbeddedPostgres({ dataDir, log, durable: false });
  const stop = async () => {
    await server.stop();
    rmSync(server.dataDirectory, { recursive: true, force: true });
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    await makeTemplate(server.superuserUrl, server.databaseUrl);
  } catch (error) {
    await stop();
    throw error;
  }
  project.provide("superuserUrl", server.superuserUrl);
  project.provide("ownerUrl", server.databaseUrl);
  return stop;
}
