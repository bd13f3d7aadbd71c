import { api } from "../server/contract/api.ts";
import { CostGroup, CostQuery } from "../server/contract/cost.ts";
import { PressureHeatmap, PressureHeatmapQuery, PressureQuery, PressureRanking } from "../server/contract/pressure.ts";
import { NodePressure, WorkloadPressure } from "../server/contract/pressure-places.ts";
import { PressureSwap, PressureSwapQuery } from "../server/contract/pressure-swap.ts";
import { LOOPBACK_VIEWER, type Viewer } from "../server/contract/viewer.ts";
import type { z } from "../server/contract/zod.ts";
import { encodeCursor } from "../server/query/cursor.ts";
import { getCost } from "../server/query/get-cost.ts";
import { getNodePressure } from "../server/query/get-node-pressure.ts";
import { getPressureHeatmap } from "../server/query/get-pressure-heatmap.ts";
import { getPressureSwap } from "../server/query/get-pressure-swap.ts";
import { getWorkloadPressure } from "../server/query/get-workload-pressure.ts";
import { listPressure } from "../server/query/list-pressure.ts";
import { fillCost } from "./fleet/fill-cost.ts";
import { fillGates } from "./fleet/fill-gates.ts";
import { fillPressure } from "./fleet/fill-pressure.ts";
import { CLUSTER_COUNT, type Fleet, NODES_PER_CLUSTER, withFleet } from "./fleet/open-fleet.ts";
import { atMost, type Bench, type Figure, times } from "./harness.ts";

/** Milliseconds of an answer as it is sent: the question, its SQL and its JSON. */
async function answerTimes(ask: () => Promise<unknown>): Promise<number[]> {
  const seconds = await times(
    async () => JSON.stringify(await ask()),
    () => null,
  );
  return seconds.map((value) => value * 1000);
}

/** The gate matrix of the whole fleet, as the route serves it: SQL, drawing, the check by the contract, JSON. */
export const gateMatrixBench: Bench = {
  name: "gate-matrix",
  run: () =>
    withFleet(async (fleet) => {
      const { instanceCount, drawSeconds } = await fillGates(fleet);
      const detail = `${CLUSTER_COUNT} clusters × ${NODES_PER_CLUSTER} nodes, ${instanceCount} instances as groups`;
      await import("./fleet/outside-next.ts");
      const { defineRoute } = await import("../server/http/define-route.ts");
      const { listGates } = await import("../server/query/list-gates.ts");
      const GET = defineRoute({ ...api.listGates, handle: ({ viewer, query }) => listGates(viewer, query, fleet.now) });
      const bytes = new Map<string, number>();
      const ask = async (search: string) => {
        const request = new Request(`http://127.0.0.1/api/v1/gates${search}`, { headers: { host: "127.0.0.1" } });
        const response = await GET(request, { params: Promise.resolve({}) });
        const body = await response.text();
        if (response.status !== 200) throw new Error(`${response.status} ${body.slice(0, 300)}`);
        bytes.set(search, body.length);
      };
      const readAnew = () =>
        fleet.pool.query(`UPDATE snapshot_part SET read_id = gen_random_uuid() WHERE part = 'gateMatrix'`);
      const figures: Figure[] = [];
      const measure = async (name: string, search: string, prepare: () => unknown, limit: number | null) => {
        let used = 0;
        const seconds = await times(async () => {
          const from = process.cpuUsage();
          await ask(search);
          const { user, system } = process.cpuUsage(from);
          used += (user + system) / 1000;
        }, prepare);
        const cpu = Math.round(used / (seconds.length + 1));
        const kilobytes = Math.round((bytes.get(search) ?? 0) / 1000);
        const milliseconds = seconds.map((value) => value * 1000);
        figures.push(
          atMost(name, milliseconds, "ms", limit, `${detail}; ${kilobytes} KB, ${cpu} ms of processor time each`),
        );
      };
      const nothing = () => undefined;
      await measure("matrix answer", "", nothing, 100);
      await measure("matrix answer with a target version", "?target=1.35", nothing, 100);
      await measure("matrix answer of one cluster", "?cluster=cluster-07", nothing, 100);
      await measure("matrix answer filtered by name and drift", "?search=pod&only=drift", nothing, 100);
      await measure("second page of 50 gates", `?limit=50&cursor=${encodeCursor("CRIListStreaming")}`, nothing, 100);
      await measure("matrix answer after one cluster was read anew", "", readOne(fleet), 100);
      await measure("first matrix answer after every cluster was read anew", "", readAnew, null);
      figures.push(atMost("drawing the matrix of one cluster when it is read", drawSeconds, "s", null));
      return figures;
    }),
};

function readOne({ pool, clusterIds }: Fleet): () => Promise<unknown> {
  return () =>
    pool.query(`UPDATE snapshot_part SET read_id = gen_random_uuid() WHERE part = 'gateMatrix' AND cluster_id = $1`, [
      clusterIds[0],
    ]);
}

/**
 * Stored pressure of 5,000 nodes, in each window: every answer that the pressure pages show. No answer is kept in memory, so that each
 * run asks the database anew; the first one, with a new connection and code that was never run, is told beside.
 */
export const pressureBench: Bench = {
  name: "pressure",
  run: () =>
    withFleet(async (fleet) => {
      const rows = await fillPressure(fleet);
      const figures: Figure[] = [];
      const measure = async (name: string, ask: () => Promise<unknown>, answer: z.ZodType) => {
        const sent = async () => JSON.stringify(answer.parse(await ask()));
        const from = performance.now();
        const bytes = (await sent()).length;
        const first = Math.round(performance.now() - from);
        const detail = `${NODES_PER_CLUSTER} nodes, ${rows} stored rows, ${Math.round(bytes / 1000)} kB; first ${first} ms`;
        figures.push(atMost(name, await answerTimes(sent), "ms", 150, detail));
      };
      const { now } = fleet;
      const viewer = LOOPBACK_VIEWER;
      for (const window of ["15m", "1h", "6h", "24h", "7d"] as const) {
        for (const level of ["node", "workload", "namespace", "pod", "cluster"] as const) {
          const query = PressureQuery.parse({ window, level });
          await measure(`${level}s of ${window}`, () => listPressure(viewer, query, now), PressureRanking);
        }
        const heat = PressureHeatmapQuery.parse({ window, cluster: "cluster-00" });
        await measure(`heatmap of ${window}`, () => getPressureHeatmap(viewer, heat, now), PressureHeatmap);
        const swap = PressureSwapQuery.parse({ window });
        await measure(`swap of ${window}`, () => getPressureSwap(viewer, swap, now), PressureSwap);
        const node = { id: "cluster-00", node: "node-9" };
        await measure(`a node of ${window}`, () => getNodePressure(viewer, node, { window }, now), NodePressure);
        const workload = { id: "cluster-00", namespace: "space-7", kind: "Deployment", name: "app-7" };
        await measure(
          `a workload of ${window}`,
          () => getWorkloadPressure(viewer, workload, { window }, now),
          WorkloadPressure,
        );
      }
      return figures;
    }),
};

const DAY_MS = 86_400_000;
/** A year of daily cost of 20 clusters × 500 workloads, by every grouping and as one team sees it, against one day of it. */
export const costBench: Bench = {
  name: "cost",
  run: () =>
    withFleet(async (fleet) => {
      const rows = await fillCost(fleet);
      const today = fleet.now.toISOString().slice(0, 10);
      const first = new Date(fleet.now.getTime() - 364 * DAY_MS).toISOString().slice(0, 10);
      const figures: Figure[] = [];
      const ofTeam: Viewer = { ...LOOPBACK_VIEWER, teams: ["team-3"] };
      const questions: readonly (readonly [string, Viewer, Record<string, string>])[] = [
        ...CostGroup.options.map((groupBy) => [`by ${groupBy}`, LOOPBACK_VIEWER, { groupBy }] as const),
        ["by workload with shared cost", LOOPBACK_VIEWER, { groupBy: "workload", shared: "proportional" }],
        ["by workload for a viewer of one team", ofTeam, { groupBy: "workload" }],
        ["of a namespace by workload", LOOPBACK_VIEWER, { groupBy: "workload", namespace: "namespace-7" }],
      ];
      for (const [name, viewer, query] of questions) {
        const ask = (range: string) => () => getCost(viewer, CostQuery.parse({ range, ...query }), fleet.now);
        // Cold: no month in memory, as after a start or after every day was made anew. Warm: as after any answer before.
        const cold = await times(ask(`${first}..${today}`), () => fleet.pool.query(ANEW));
        const year = await answerTimes(ask(`${first}..${today}`));
        const day = await answerTimes(ask(`${today}..${today}`));
        figures.push(
          atMost(
            `a year of daily cost ${name}, cold`,
            cold.map((seconds) => seconds * 1000),
            "ms",
            null,
          ),
        );
        figures.push(atMost(`a year of daily cost ${name}`, year, "ms", 200, `${rows} rows of days`));
        figures.push(ofDay(`a year of cost ${name} against a day`, year, day));
      }
      return figures;
    }, 100),
};

const ANEW = `INSERT INTO cost_month_version (cluster_id, month, version)
  SELECT DISTINCT cluster_id, date_trunc('month', day::timestamp)::date, 1 FROM cost_covered_day
  ON CONFLICT (cluster_id, month) DO UPDATE SET version = cost_month_version.version + 1`;
/** Ratios run by run; the limit of "any answer over a year". */
export function ofDay(name: string, year: readonly number[], day: readonly number[]): Figure {
  const ratios = year.map((milliseconds, run) => milliseconds / (day[run] ?? Number.NaN));
  return atMost(name, ratios, "×", 1.5);
}
