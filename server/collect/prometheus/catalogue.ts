import {
  controlPlaneQuery,
  gateCountQuery,
  gateInstanceQuery,
  kubeletQuery,
  opencostQuery,
} from "./catalogue-control-plane.ts";
import { gpuQuery } from "./catalogue-devices.ts";
import { flowQueries } from "./catalogue-flows.ts";
import { nodeQuery } from "./catalogue-nodes.ts";
import {
  containerPressureQuery,
  podEventQuery,
  podPressureQuery,
  podTroubleQuery,
  podUseQuery,
} from "./catalogue-pods.ts";
import type { CatalogueQuery } from "./catalogue-types.ts";

/** Every question that Sluice asks a Prometheus, in the order in which a tight budget is spent. */
export const CATALOGUE: readonly CatalogueQuery[] = [
  nodeQuery,
  podUseQuery,
  podPressureQuery,
  gpuQuery,
  ...flowQueries,
  podEventQuery,
  podTroubleQuery,
  kubeletQuery,
  gateCountQuery,
  gateInstanceQuery,
  controlPlaneQuery,
  opencostQuery,
  containerPressureQuery,
];

export function catalogueQuery(id: string): CatalogueQuery | null {
  return CATALOGUE.find((query) => query.id === id) ?? null;
}
