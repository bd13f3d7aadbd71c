import { readFileSync } from "node:fs";
import { Agent, request } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordedJson, recordedText } from "./recorded-cluster.ts";
import { type Replay, startReplay } from "./replay-server.ts";

describe("the replay of the recorded cluster", () => {
  let replay: Replay;
  let agent: Agent;
  beforeAll(async () => {
    replay = await startReplay({ expireOnce: ["/api/v1/services"], forbidden: ["nodes"], anonymous: "health-only" });
    agent = new Agent({ connect: { ca: readFileSync(replay.caFile) } });
  });
  afterAll(async () => {
    await agent.close();
    await replay.stop();
  });
  async function get(path: string, token: string | null = replay.token, accept = "application/json") {
    const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
    const answer = await request(`${replay.url}${path}`, { dispatcher: agent, headers: { accept, ...authorization } });
    return { status: answer.statusCode, text: await answer.body.text(), type: String(answer.headers["content-type"]) };
  }

  it("refuses as the recorded server refused", async () => {
    expect(await get("/api/v1/pods", "wrong")).toMatchObject({
      status: 401,
      text: recordedText("error-401-bad-token.json"),
    });
    const forbidden = await get("/api/v1/nodes");
    expect({ status: forbidden.status, body: JSON.parse(forbidden.text) }).toEqual({
      status: 403,
      body: recordedJson("error-403-nodes.json"),
    });
    expect(await get("/api/v1/pods?continue=nonsense")).toMatchObject({
      status: 400,
      text: recordedText("error-400-bad-continue.json"),
    });
    expect(await get("/apis/nobody.example.com/v1/things")).toMatchObject({
      status: 404,
      text: recordedText("error-404-group.json"),
    });
    expect((await get("/apis/storage.k8s.io/v1beta1/volumeattributesclasses")).status).toBe(404);
  });

  it("pages, and lets a list expire once", async () => {
    const first = JSON.parse((await get("/api/v1/services?limit=10")).text);
    expect(first.items).toHaveLength(10);
    const next = `/api/v1/services?limit=10&continue=${first.metadata.continue}`;
    expect((await get(next)).status).toBe(410);
    expect(JSON.parse((await get(next)).text).items).toHaveLength(10);
    expect((await get(next.replace("services", "pods"))).status).toBe(400); // a token belongs to its list
  });

  it("shows health to anybody and nothing else", async () => {
    expect(await get("/livez", null)).toMatchObject({ status: 200, text: "ok" });
    expect((await get("/api", null)).status).toBe(401);
  });

  it("speaks both forms of discovery, and metadata lists", async () => {
    expect(JSON.parse((await get("/apis")).text).kind).toBe("APIGroupList");
    const accept = "application/json;v=v2;g=apidiscovery.k8s.io;as=APIGroupDiscoveryList";
    expect(JSON.parse((await get("/apis", replay.token, accept)).text)).toEqual(recordedJson("apis-aggregated.json"));
    const partial = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
    const list = JSON.parse((await get("/api/v1/pods?limit=5", replay.token, partial)).text);
    const recorded = recordedJson("core-v1-pods-metadata-only.json");
    expect({ kind: list.kind, first: list.items[0] }).toEqual({
      kind: recorded.kind,
      first: (recorded.items as unknown[])[0],
    });
  });

  it("has a kubelet behind one node only", async () => {
    expect((await get("/api/v1/nodes/real-node-a/proxy/stats/summary")).text).toBe(
      recordedText("kubelet-stats_summary.json"),
    );
    expect((await get("/api/v1/nodes/ip-10-0-0-general/proxy/metrics")).status).toBe(503);
  });
});
