import { writeFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { recordedItems, recordedJson } from "../../testing/replay/recorded-cluster.ts";
import { type Replay, type ReplayFault, type ReplayOptions, startReplay } from "../../testing/replay/replay-server.ts";
import { LISTS } from "./api-calls.ts";
import { collectInventory, type Inventory, type InventoryOptions } from "./collect-inventory.ts";
import { openConnection } from "./connection.ts";
import type { ClusterSourceConfig } from "./connection-config.ts";

const replays: Replay[] = [];
afterEach(async () => {
  await Promise.all(replays.splice(0).map((replay) => replay.stop()));
});
async function replayOf(options: ReplayOptions): Promise<Replay> {
  const replay = await startReplay(options);
  replays.push(replay);
  return replay;
}
const waits: number[] = [];
async function inventoryOf(
  replay: Replay,
  config: Partial<ClusterSourceConfig> = {},
  options: InventoryOptions = {},
  signal?: AbortSignal,
): Promise<Inventory> {
  waits.length = 0;
  const sleep = async (milliseconds: number): Promise<void> => {
    waits.push(milliseconds);
  };
  const connection = await openConnection(
    { name: "c", kubeconfig: replay.kubeconfigFile, ...config },
    { sleep, random: () => 0 },
  );
  try {
    return await collectInventory(connection, options, signal);
  } finally {
    await connection.close();
  }
}
const statesOf = (inventory: Inventory) =>
  Object.fromEntries(Object.entries(inventory.parts).map(([name, part]) => [name, part.state]));

describe("an inventory read on a bad day", () => {
  it("names the exact missing rule for each refused list, and reads the rest", async () => {
    const half = Object.values(LISTS).filter((_, index) => index % 2 === 0);
    const replay = await replayOf({ forbidden: half.map((call) => call.resource) });
    const inventory = await inventoryOf(replay);
    for (const call of half) {
      const records = inventory.sources.filter((source) => source.source.split(" ")[1]?.endsWith(`/${call.resource}`));
      expect(records).not.toEqual([]);
      for (const record of records) {
        expect(record).toMatchObject({
          status: "failed",
          reason: "forbidden",
          fix: { code: "grant-rbac", rbac: { apiGroups: [call.group], resources: [call.resource], verbs: ["list"] } },
        });
      }
    }
    expect(inventory.parts.nodes.state).toBe("value");
    expect(inventory.parts.pods).toMatchObject({ state: "unknown", reason: "forbidden" });
    expect(replay.requests.filter((request) => request.status === 403 && request.path === "/api/v1/pods")).toHaveLength(
      1,
    ); // never again
  });

  it("still names the Deployment of a pod when ReplicaSets are refused", async () => {
    const replay = await replayOf({ forbidden: ["replicasets"] });
    const { parts } = await inventoryOf(replay);
    if (parts.pods.state !== "value") throw new Error("pods were not read");
    expect(new Set(parts.pods.value.map((pod) => pod.workload.kind))).toEqual(new Set(["Deployment", "Job"]));
    expect(parts.workloads).toMatchObject({ state: "value", partial: "replicasets: forbidden" });
  });

  it("gives up at once when the credentials are not accepted, and says so everywhere", async () => {
    const replay = await replayOf({});
    replay.setToken("rotated-away");
    const inventory = await inventoryOf(replay);
    expect(new Set(Object.values(statesOf(inventory)))).toEqual(new Set(["unknown"]));
    expect(inventory.sources).toMatchObject([
      { reason: "forbidden", fix: { code: "check-token" } },
      { reason: "forbidden", fix: { code: "check-token" } },
    ]);
    expect(replay.requests).toHaveLength(3); // version, /api, /apis: one each
  });

  it("reads a rotated token file again, and goes on", async () => {
    const replay = await replayOf({});
    const config = { kubeconfig: undefined, server: replay.url, caFile: replay.caFile, tokenFile: replay.tokenFile };
    const connection = await openConnection({ name: "c", ...config });
    expect((await collectInventory(connection)).parts.nodes.state).toBe("value");
    replay.setToken("second-token");
    writeFileSync(replay.tokenFile, "second-token\n");
    expect((await collectInventory(connection)).parts.nodes.state).toBe("value");
    await connection.close();
  });

  it("does not talk to a server that another CA signed", async () => {
    const replay = await replayOf({});
    const inventory = await inventoryOf(replay, {
      kubeconfig: undefined,
      server: replay.url,
      caFile: replay.otherCaFile,
      tokenFile: replay.tokenFile,
    });
    expect(inventory.parts.nodes).toMatchObject({ state: "unknown", reason: "unreachable" });
    expect(inventory.sources[0]?.fix).toEqual({ code: "check-certificate" });
    expect(replay.requests).toEqual([]);
  });

  const broken: readonly [string, ReplayFault, string][] = [
    ["a web page", { kind: "html" }, "malformed"],
    ["half a JSON", { kind: "garbage" }, "malformed"],
    ["nothing", { kind: "empty" }, "malformed"],
    ["half a gzip", { kind: "truncated-gzip" }, "malformed"],
    ["a redirect", { kind: "redirect" }, "malformed"],
    ["a closed connection", { kind: "reset" }, "unreachable"],
    ["another kind of object", { kind: "body", body: '{"kind":"Status","code":200}' }, "malformed"],
    ["JSON that is no object", { kind: "body", body: "[1,2]" }, "malformed"],
    ["an error of its own", { kind: "status", status: 500 }, "unreachable"],
  ];
  it.each(broken)("keeps a list unknown when it is answered with %s, and only that list", async (_, fault, reason) => {
    const replay = await replayOf({ rules: [{ path: "/api/v1/services?", fault }] });
    const inventory = await inventoryOf(replay);
    expect(inventory.parts.services).toMatchObject({ state: "unknown", reason });
    expect(Object.entries(statesOf(inventory)).filter(([, state]) => state === "unknown")).toEqual([
      ["services", "unknown"],
    ]);
  });

  it("loses a list that breaks on its second page: half a list is not a list", async () => {
    const replay = await replayOf({
      maxPageSize: 50,
      rules: [{ path: /^\/api\/v1\/pods\?.*continue=/, fault: { kind: "status", status: 503 } }],
    });
    expect((await inventoryOf(replay)).parts.pods).toMatchObject({ state: "unknown", reason: "unreachable" });
  });

  it("tries again after 429 and 5xx, waits as asked, and then succeeds", async () => {
    const replay = await replayOf({
      rules: [
        { path: "/api/v1/nodes?", fault: { kind: "status", status: 429, retryAfterSeconds: 3 }, times: 1 },
        { path: "/api/v1/services?", fault: { kind: "status", status: 503 }, times: 2 },
      ],
    });
    const inventory = await inventoryOf(replay);
    expect(inventory.parts.nodes.state).toBe("value");
    expect(inventory.parts.services.state).toBe("value");
    expect([...waits].sort((a, b) => a - b)).toEqual([300, 600, 3000]);
  });

  it("gives up on a list that expires twice", async () => {
    const replay = await replayOf({
      maxPageSize: 50,
      rules: [{ path: /^\/api\/v1\/pods\?.*continue=/, fault: { kind: "status", status: 410 } }],
    });
    expect((await inventoryOf(replay)).parts.pods).toMatchObject({ state: "unknown", reason: "timed-out" });
    const first = replay.requests.filter(
      (request) => request.path === "/api/v1/pods" && !request.query.includes("continue="),
    );
    expect(first).toHaveLength(2);
  });

  it("skips items that make no sense, counts them, and keeps the rest", async () => {
    const pods = recordedItems("core-v1-pods.json");
    const items = [null, 7, {}, { metadata: { name: "no-namespace" } }, ...pods.slice(0, 3)];
    const replay = await replayOf({ lists: { "/api/v1/pods": { ...recordedJson("core-v1-pods.json"), items } } });
    const inventory = await inventoryOf(replay);
    expect(inventory.parts.pods).toMatchObject({ state: "value", partial: "4 items could not be read" });
    expect(inventory.parts.pods.state === "value" && inventory.parts.pods.value).toHaveLength(3);
    expect(inventory.sources.find((source) => source.source === "GET /api/v1/pods")).toMatchObject({
      status: "partial",
      skippedCount: 4,
    });
  });

  it("reads an empty list as an empty list, also when it is written as null", async () => {
    const replay = await replayOf({
      rules: [
        {
          path: "/api/v1/services?",
          fault: { kind: "body", body: '{"kind":"ServiceList","metadata":{},"items":null}' },
        },
      ],
    });
    expect((await inventoryOf(replay)).parts.services).toMatchObject({ state: "value", value: [] });
  });

  it("reports a cluster that is not there in one step per source asked", async () => {
    const replay = await replayOf({});
    const gone = replay.url;
    await replay.stop();
    replays.splice(0);
    const connection = await openConnection(
      { name: "c", server: gone, caFile: replay.caFile },
      { sleep: async () => undefined },
    );
    const inventory = await collectInventory(connection);
    await connection.close();
    expect(new Set(Object.values(statesOf(inventory)))).toEqual(new Set(["unknown"]));
    expect(inventory.sources.map((source) => source.reason)).toEqual(["unreachable", "unreachable"]);
  });

  it("stops when it is told to, with the reason it was given", async () => {
    const replay = await replayOf({ rules: [{ path: "/api/v1/pods?", fault: { kind: "hang" } }] });
    const abort = new AbortController();
    const reason = new Error("shutting down");
    const onProgress = ({ source }: { readonly source: string }): void => {
      if (source.endsWith("/pods")) abort.abort(reason);
    };
    await expect(inventoryOf(replay, {}, { onProgress }, abort.signal)).rejects.toBe(reason);
  });

  it("tells its progress list by list", async () => {
    const replay = await replayOf({ maxPageSize: 100 });
    const seen: number[] = [];
    const inventory = await inventoryOf(
      replay,
      {},
      {
        onProgress: ({ source, objectCount, state }) => {
          if (source === "GET /api/v1/pods" && state === "progress") seen.push(objectCount);
        },
      },
    );
    expect(seen).toEqual([100, inventory.parts.pods.state === "value" ? inventory.parts.pods.value.length : -1]);
  });
});

describe("discovery", () => {
  it("works with servers that know only the older form", async () => {
    const modern = await inventoryOf(await replayOf({}));
    const legacy = await inventoryOf(await replayOf({ legacyDiscovery: true }));
    if (modern.parts.apiResources.state !== "value" || legacy.parts.apiResources.state !== "value")
      throw new Error("no discovery");
    const key = ({ group, version, resource }: { group: string; version: string; resource: string }) =>
      `${group}/${version}/${resource}`;
    expect(new Set(legacy.parts.apiResources.value.map(key))).toEqual(
      new Set(modern.parts.apiResources.value.map(key)),
    );
    expect(legacy.parts.resourceClaims.state).toBe("value");
  });

  it.each([true, false])("is not spoilt by a group that does not answer (legacy: %s)", async (legacyDiscovery) => {
    const inventory = await inventoryOf(await replayOf({ legacyDiscovery, staleGroups: ["metrics.k8s.io/v1beta1"] }));
    expect(inventory.parts.apiResources).toMatchObject({
      state: "value",
      partial: "no answer from metrics.k8s.io/v1beta1",
    });
    expect(inventory.parts.pods.state).toBe("value");
  });

  it("calls what is not served not exposed, which is no failure", async () => {
    const apis = recordedJson("apis-aggregated.json");
    const items = (apis.items as { metadata: { name: string } }[]).filter(
      (item) => item.metadata.name !== "resource.k8s.io",
    );
    const body = JSON.stringify({ ...apis, items });
    const inventory = await inventoryOf(
      await replayOf({ rules: [{ path: /^\/apis$/, fault: { kind: "body", body } }] }),
    );
    expect(inventory.parts.resourceClaims.state).toBe("not-exposed");
    expect(inventory.sources.find((source) => source.source.endsWith("/resourceclaims"))).toMatchObject({
      status: "not-served",
      reason: null,
      fix: null,
    });
  });

  it("is not needed: without it the versions are tried in turn", async () => {
    const replay = await replayOf({ forbidden: ["/api", "/apis"] });
    const inventory = await inventoryOf(replay);
    expect(inventory.parts.apiResources).toMatchObject({ state: "unknown", reason: "forbidden" });
    expect(inventory.parts.mutatingAdmissionPolicies).toMatchObject({ state: "value" });
    expect(inventory.parts.pods.state).toBe("value");
    expect(inventory.sources.find((source) => source.source === "GET /apis")?.fix).toEqual({
      code: "grant-rbac",
      rbac: { nonResourceURLs: ["/api"], verbs: ["get"] },
    });
  });
});
