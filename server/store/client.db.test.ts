import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { openStore, type StoreClient } from "./client.ts";

let database: TestDatabase;
let store: StoreClient;

beforeAll(async () => {
  database = await createTestDatabase();
  store = openStore(database.url);
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

it("reads through SQL what it wrote through the generated client", async () => {
  await store.prisma.cluster.create({ data: { name: "prod-us" } });
  const { rows } = await store.pool.query("SELECT name FROM cluster");
  expect(rows).toEqual([{ name: "prod-us" }]);
});
