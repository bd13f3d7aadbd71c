import type { PrometheusClient } from "./client.ts";
import { type Presence, presenceQueries, shapeQuery, toPresence, toSeriesByName } from "./presence.ts";
import { PrometheusError } from "./prometheus-error.ts";
import { QueryBudget } from "./query-budget.ts";

export type PastPresence = {
  /** The newest moment found at which there is an answer with samples, epoch seconds. */
  readonly untilSeconds: number;
  readonly presence: Presence;
};

const HOUR = 3_600;
/** How long ago to try, one after the other, until one answers. */
const TRIED_HOURS = [1, 6, 24, 48, 96, 192, 384, 696] as const;
/** How exactly the end of the answers is looked for. */
const PRECISION_SECONDS = 900;
const ANYTHING = 'count({__name__=~"up|machine_cpu_cores|node_memory_MemTotal_bytes"})';

/**
 * What a Prometheus still knows whose present cannot be read: before Thanos, Mimir or a gateway the live store may be down while
 * long-term storage answers for the past. Tried back to 29 days, then halved until the end is known to a quarter of an hour.
 *
 * `null` = no moment of the past was answered. At most 20 queries. Errors: those that say more than "not now": a refused credential,
 * an answer that is not Prometheus', a time limit.
 */
export async function findPastPresence(
  client: PrometheusClient,
  nodeCount: number,
  nowSeconds: number,
  signal: AbortSignal | undefined,
): Promise<PastPresence | null> {
  const options = { budget: new QueryBudget(), signal };
  const answers = async (at: number): Promise<boolean> => {
    try {
      return (await client.instant(ANYTHING, at, options)).data.length > 0;
    } catch (error) {
      if (error instanceof PrometheusError && error.reason === "unreachable") return false;
      throw error;
    }
  };
  let silent = nowSeconds;
  let found: number | null = null;
  for (const hours of TRIED_HOURS) {
    const at = nowSeconds - hours * HOUR;
    if (await answers(at)) {
      found = at;
      break;
    }
    silent = at;
  }
  if (found === null) return null;
  while (silent - found > PRECISION_SECONDS) {
    const middle = Math.floor((silent + found) / 2);
    if (await answers(middle)) found = middle;
    else silent = middle;
  }
  const read = { budget: new QueryBudget(), signal };
  const names = [];
  for (const query of presenceQueries(nodeCount)) names.push(...(await client.instant(query, found, read)).data);
  const byName = toSeriesByName(names);
  const shape = shapeQuery(byName);
  const rows = shape === null ? [] : (await client.instant(shape, found, read)).data;
  return { untilSeconds: found, presence: toPresence(byName, rows) };
}
