import { CostQuery } from "../server/contract/cost.ts";
import { GateQuery } from "../server/contract/gates.ts";
import { PressureHeatmapQuery, PressureQuery } from "../server/contract/pressure.ts";
import { LOOPBACK_VIEWER } from "../server/contract/viewer.ts";
import { getCost } from "../server/query/get-cost.ts";
import { getPressureHeatmap } from "../server/query/get-pressure-heatmap.ts";
import { listGates } from "../server/query/list-gates.ts";
import { listPressure } from "../server/query/list-pressure.ts";
import { fillCost } from "./fleet/fill-cost.ts";
import { fillGates } from "./fleet/fill-gates.ts";
import { fillPressure } from "./fleet/fill-pressure.ts";
import { CLUSTER_COUNT, NODES_PER_CLUSTER, withFleet } from "./fleet/open-fleet.ts";
import { atMost, type Bench, type Figure, times } from "./harness.ts";

/** Milliseconds of an answer as it is sent: the question, its SQL and its JSON. */
async function answerTimes(ask: () => Promise<unknown>): Promise<number[]> {
  const seconds = await times(
    async () => JSON.stringify(await ask()),
    () => null,
  );
  return seconds.map((value) => value * 1000);
}

/** The gate matrix of the whole fleet. */
export const gateMatrixBench: Bench = {
  name: "gate-matrix",
  run: () =>
    withFleet(async (fleet) => {
      const count = await fillGates(fleet);
      const detail = `${CLUSTER_COUNT} clusters × ${NODES_PER_CLUSTER} nodes, ${count} instances as groups`;
      const query = GateQuery.parse({ limit: 500 });
      const target = GateQuery.parse({ limit: 500, target: "1.35" });
      const ask = () => listGates(LOOPBACK_VIEWER, query, fleet.now);
      const forget = () =>
        fleet.pool.query(`UPDATE read_state SET good_read_id = gen_random_uuid() WHERE kind = 'gates'`);
      const cold = await times(ask, forget);
      return [
        atMost("matrix answer", await answerTimes(ask), "ms", 100, detail),
        atMost(
          "matrix answer with a target version",
          await answerTimes(() => listGates(LOOPBACK_VIEWER, target, fleet.now)),
          "ms",
          100,
          detail,
        ),
        atMost(
          "first matrix answer after every cluster was read anew",
          cold.map((s) => s * 1000),
          "ms",
          null,
          detail,
        ),
      ];
    }),
};

/** Stored pressure of 5,000 nodes, in each window. */
export const pressureBench: Bench = {
  name: "pressure",
  run: () =>
    withFleet(async (fleet) => {
      const rows = await fillPressure(fleet);
      const figures: Figure[] = [];
      for (const window of ["15m", "1h", "6h", "24h", "7d"] as const) {
        const query = PressureQuery.parse({ window, level: "node" });
        const heat = PressureHeatmapQuery.parse({ window, cluster: "cluster-00" });
        const detail = `${NODES_PER_CLUSTER} nodes, ${rows} stored rows`;
        const ranking = await answerTimes(() => listPressure(LOOPBACK_VIEWER, query, fleet.now));
        figures.push(atMost(`hot spots of ${window}`, ranking, "ms", 150, detail));
        const heatmap = await answerTimes(() => getPressureHeatmap(LOOPBACK_VIEWER, heat, fleet.now));
        figures.push(atMost(`heatmap of ${window}`, heatmap, "ms", 150, detail));
      }
      return figures;
    }),
};

const DAY_MS = 86_400_000;
/** A year of daily cost of 20 clusters × 500 workloads, by every grouping, against one day of it. */
export const costBench: Bench = {
  name: "cost",
  run: () =>
    withFleet(async (fleet) => {
      const rows = await fillCost(fleet);
      const today = fleet.now.toISOString().slice(0, 10);
      const first = new Date(fleet.now.getTime() - 364 * DAY_MS).toISOString().slice(0, 10);
      const figures: Figure[] = [];
      for (const groupBy of ["team", "cluster", "namespace", "workload", "pool", "resource"] as const) {
        const ask = (range: string) => () => getCost(LOOPBACK_VIEWER, CostQuery.parse({ range, groupBy }), fleet.now);
        const year = await answerTimes(ask(`${first}..${today}`));
        const day = await answerTimes(ask(`${today}..${today}`));
        figures.push(atMost(`a year of daily cost by ${groupBy}`, year, "ms", 200, `${rows} rows of days`));
        figures.push(ofDay(`a year of cost by ${groupBy} against a day`, year, day));
      }
      return figures;
    }, 100),
};

/** Ratios run by run; the limit of "any answer over a year". */
export function ofDay(name: string, year: readonly number[], day: readonly number[]): Figure {
  const ratios = year.map((milliseconds, run) => milliseconds / (day[run] ?? Number.NaN));
  return atMost(name, ratios, "×", 1.5);
}
