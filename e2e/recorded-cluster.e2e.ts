import { afterAll, beforeAll, describe } from "vitest";
import { type FilledPrometheus, findPrometheus, GROWTH } from "../server/testing/filled-prometheus.ts";
import { type Replay, startReplay } from "../server/testing/replay/replay-server.ts";
import { type RunningSluice, startSluice, waitFor } from "../server/testing/start-sluice.ts";
import { getApi } from "./fixtures/api.ts";
import {
  COMPONENT_PAGES,
  cadvisorPage,
  counterValue,
  gateStates,
  nodeExporterPage,
  nodesByKubeletVersion,
  nodesByPoolAndZone,
  podsByPhase,
  podsByTeam,
  REAL_NODE,
  readyNodeCount,
  recordedNodes,
  recordedPods,
  startRecordedPrometheus,
} from "./fixtures/recorded.ts";
import { accessibilityFindings, expect, open, test } from "./fixtures/test.ts";
import { ClusterPage } from "./pages/cluster-page.ts";

const CLUSTER = "recorded"; // the context of the replay's kubeconfig
const GATES = ["InPlacePodVerticalScaling", "SidecarContainers"];
const FORBIDDEN = "persistentvolumes";
const FIRST_READS_MS = 120_000;
/** The history ends this far in the future, so that it still goes on when the product asks. */
const AHEAD_SECONDS = 600;

const hasPrometheus = await findPrometheus();
if (!hasPrometheus && process.env.CI === "true") throw new Error("CI must install prometheus");
if (!hasPrometheus) console.warn("skipped, not installed: prometheus, promtool");

describe.skipIf(!hasPrometheus)("a live cluster, as it was recorded, with a real Prometheus", () => {
  let replay: Replay;
  let prometheus: FilledPrometheus;
  let sluice: RunningSluice;

  beforeAll(async () => {
    replay = await startReplay({ maxPageSize: 60, expireOnce: ["/api/v1/pods"], forbidden: [FORBIDDEN] });
    prometheus = await startRecordedPrometheus(Math.floor(Date.now() / 1000) + AHEAD_SECONDS);
    sluice = await startSluice({ args: ["--kubeconfig", replay.kubeconfigFile, "--prometheus", prometheus.url] });
    await waitFor("the first reads of the recorded cluster", FIRST_READS_MS, async () => {
      const { reads } = await getApi<ClusterAnswer>(sluice.url, `/api/v1/clusters/${CLUSTER}`);
      return reads.every(({ freshness }) => freshness.state === "fresh");
    });
    // A query that a busy machine let time out is asked again by the next read.
    await waitFor("gates of every control-plane component", FIRST_READS_MS, async () => {
      const { columns } = await getApi<GateAnswer>(sluice.url, "/api/v1/gates?limit=1");
      return Object.keys(COMPONENT_PAGES).every((component) =>
        columns.some((column) => column.component === component && column.isRead),
      );
    });
  });
  afterAll(async () => {
    await sluice?.stop();
    await prometheus?.stop();
    await replay?.stop();
  });

  test("was read with token, gzip and pages, over a list that expired once", () => {
    const pods = replay.requests.filter(({ path }) => path === "/api/v1/pods");
    expect(pods.every(({ authorization }) => authorization === `Bearer ${replay.token}`)).toBe(true);
    expect(pods.every(({ acceptsGzip }) => acceptsGzip)).toBe(true);
    expect(pods.some(({ query }) => query.includes("continue="))).toBe(true);
    expect(pods.some(({ status }) => status === 410)).toBe(true);
    expect(replay.requests.some(({ path }) => /\/secrets(\/|$)/.test(path))).toBe(false);
  });

  test("answers with the recorded nodes, pods and versions", async () => {
    const cluster = await getApi<ClusterAnswer>(sluice.url, `/api/v1/clusters/${CLUSTER}`);
    const keyed = cluster.nodes.map(({ pool, zone, nodeCount }) => [`${pool ?? ""}/${zone ?? ""}`, nodeCount]);
    expect(Object.fromEntries(keyed)).toEqual(nodesByPoolAndZone());
    expect(Object.fromEntries(cluster.pods.map(({ team, podCount }) => [team ?? "", podCount]))).toEqual(podsByTeam());
    for (const [phase, count] of Object.entries(podsByPhase())) {
      expect(cluster.pods.reduce((sum, { byPhase }) => sum + (byPhase[phase] ?? 0), 0)).toBe(count);
    }
    const versions = cluster.kubeletVersions.map(({ version, nodeCount }) => [version, nodeCount]);
    expect(Object.fromEntries(versions)).toEqual(nodesByKubeletVersion());
    expect(cluster.gitVersion).toMatch(/^v1\.34\.9/);
    expect(cluster.nodeCount.value).toBe(recordedNodes().length);
    expect(cluster.readyNodeCount.value).toBe(readyNodeCount());
    expect(cluster.podCount.value).toBe(recordedPods().length);
  });

  test("draws the same figures", async ({ page }) => {
    const cluster = new ClusterPage(page, sluice.url, CLUSTER);
    await cluster.open();
    const [head = [], ...rows] = await cluster.nodeMatrix();
    const zones = head.slice(1, -1).map((zone) => (zone === "No zone" ? "" : zone));
    const drawn: Record<string, string> = {};
    for (const [pool = "", ...cells] of rows.slice(0, -1)) {
      zones.forEach((zone, index) => {
        const text = cells[index] ?? "";
        if (!text.includes("no nodes")) drawn[`${pool === "No pool" ? "" : pool}/${zone}`] = text;
      });
    }
    const expected = Object.entries(nodesByPoolAndZone()).map(([key, count]) => [key, String(count)]);
    expect(drawn).toEqual(Object.fromEntries(expected));
    expect(rows.at(-1)?.at(-1)).toBe(String(recordedNodes().length));

    const teams = (await cluster.teamPods()).slice(1, -1).map(([team = "", pods = ""]) => [team, pods]);
    const byTeam = Object.entries(podsByTeam()).map(([team, count]) => [team === "" ? "Unowned" : team, String(count)]);
    expect(Object.fromEntries(teams)).toEqual(Object.fromEntries(byTeam));
    expect(await accessibilityFindings(page)).toEqual([]);
  });

  test("tells the true state of a gate on every component", async () => {
    for (const gate of GATES) {
      const { items, columns, palette } = await getApi<GateAnswer>(
        sluice.url,
        `/api/v1/gates?search=${gate}&limit=1000`,
      );
      const row = items.find((item) => item.gate === gate);
      if (row === undefined) throw new Error(`${gate} is not listed`);
      for (const [component, state] of Object.entries(gateStates(gate))) {
        const seen = columns.flatMap((column, index) => {
          const cell = palette[row.cells[index] ?? -1];
          const isOfNode = component !== "kubelet" || column.instances.includes(REAL_NODE);
          return column.component === component && isOfNode && column.isRead && cell !== undefined ? [cell.state] : [];
        });
        expect([component, [...new Set(seen)]]).toEqual([component, [state]]);
      }
    }
  });

  test("shows a figure of Prometheus with its source in one click", async ({ page }) => {
    const expectedRatio = counterValue(nodeExporterPage(), "node_pressure_io_waiting_seconds_total ") * GROWTH;
    const cpu = counterValue(cadvisorPage(), 'container_cpu_usage_seconds_total{container="",cpu="total",id="/"');
    const { pressure } = await getApi<OverviewAnswer>(sluice.url, "/api/v1/overview");
    const spot = pressure.nodes.find(({ name }) => name === REAL_NODE);
    expect(spot?.resource).toBe("io");
    expect(spot?.waitingRatio.value).toBeCloseTo(expectedRatio, 4);
    expect(spot?.cpuUsedCores.value).toBeCloseTo(cpu * GROWTH, 3);

    await open(page, sluice.url);
    const figure = page
      .getByRole("region", { name: "What hurts" })
      .getByRole("listitem")
      .filter({ hasText: REAL_NODE });
    const percent = `${Number((expectedRatio * 100).toPrecision(3))}%`;
    expect(((await figure.textContent()) ?? "").replaceAll(/\s/g, "")).toContain(percent);
    await figure.getByRole("button").click();
    const drawer = page.getByRole("dialog");
    await drawer.getByText("ioWaitingRatio").waitFor();
    expect(await drawer.textContent()).toContain(`node/${REAL_NODE}`);
  });

  test("says which right is missing, to the rule", async ({ page }) => {
    const cluster = new ClusterPage(page, sluice.url, CLUSTER);
    await cluster.open("sources");
    await cluster.openSource(`GET /api/v1/${FORBIDDEN}`);
    expect(await cluster.missingRule()).toContain(`resources: ["${FORBIDDEN}"]`);
  });

  test("never calls itself a demo", async ({ page }) => {
    await open(page, sluice.url);
    expect(await page.getByText("Demo", { exact: true }).count()).toBe(0);
  });
});

type Value = { readonly value: number };
type ClusterAnswer = {
  readonly gitVersion: string;
  readonly nodeCount: Value;
  readonly readyNodeCount: Value;
  readonly podCount: Value;
  readonly reads: readonly { readonly freshness: { readonly state: string } }[];
  readonly nodes: readonly { readonly pool: string | null; readonly zone: string | null; readonly nodeCount: number }[];
  readonly kubeletVersions: readonly { readonly version: string; readonly nodeCount: number }[];
  readonly pods: readonly {
    readonly team: string | null;
    readonly podCount: number;
    readonly byPhase: Readonly<Record<string, number>>;
  }[];
};
type GateAnswer = {
  readonly items: readonly { readonly gate: string; readonly cells: readonly number[] }[];
  readonly columns: readonly {
    readonly component: string;
    readonly instances: readonly string[];
    readonly isRead: boolean;
  }[];
  readonly palette: readonly { readonly state: string }[];
};
type OverviewAnswer = {
  readonly pressure: {
    readonly nodes: readonly {
      readonly name: string;
      readonly resource: string;
      readonly waitingRatio: Value;
      readonly cpuUsedCores: Value;
    }[];
  };
};
