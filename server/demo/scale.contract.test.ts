import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningDemo, startDemo } from "./start-demo.ts";

const ANCHOR = 1_795_320_000;
const directory = mkdtempSync(join(tmpdir(), "sluice-demo-scale-"));
let demo: RunningDemo;
beforeAll(async () => {
  demo = await startDemo({ size: "scale", seed: 42, anchor: ANCHOR, nowSeconds: () => ANCHOR, directory });
});
afterAll(async () => {
  await demo.close();
  rmSync(directory, { recursive: true, force: true });
});

type Page = {
  readonly metadata: { readonly continue?: string; readonly remainingItemCount?: number };
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly uid: string };
    readonly spec?: { readonly nodeName?: string; readonly containers: unknown[]; readonly initContainers?: unknown[] };
  }[];
};
async function page(path: string): Promise<Page> {
  const [cluster] = demo.clusters;
  if (cluster === undefined) throw new Error("no cluster");
  const answer = await fetch(`${cluster.apiUrl}${path}`, { headers: { authorization: `Bearer ${cluster.apiToken}` } });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Page;
}

describe("the scale size", () => {
  it("lists 5,000 nodes, each once, in pages of any size", async () => {
    for (const limit of [500, 300]) {
      const uids = new Set<string>();
      let token = "";
      do {
        const list = await page(`/api/v1/nodes?limit=${limit}&continue=${token}`);
        for (const item of list.items) uids.add(item.metadata.uid);
        token = list.metadata.continue ?? "";
      } while (token !== "");
      expect(uids.size).toBe(5000);
    }
  });

  it("holds 150,000 pods with two containers each, on nodes that exist", async () => {
    const first = await page("/api/v1/pods?limit=500");
    expect(first.items.length + (first.metadata.remainingItemCount ?? 0)).toBe(150_000);
    const nodes = new Set<string>();
    for (let at = 0; at < 5000; at += 500) {
      for (const item of (await page(`/api/v1/nodes?limit=500&continue=at-${at}`)).items) nodes.add(item.metadata.name);
    }
    const last = await page("/api/v1/pods?limit=500&continue=at-149500");
    expect(last.metadata.continue).toBeUndefined();
    for (const { spec } of [...first.items, ...last.items]) {
      expect((spec?.containers.length ?? 0) + (spec?.initContainers?.length ?? 0)).toBe(2);
      expect(nodes).toContain(spec?.nodeName);
    }
  });
});
