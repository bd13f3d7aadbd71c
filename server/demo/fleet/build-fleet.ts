import type { BuildContext } from "./cluster-builder.ts";
import { buildOnprem } from "./onprem.ts";
import { buildProdEu } from "./prod-eu.ts";
import { buildProdUs } from "./prod-us.ts";
import type { DemoFleet } from "./types.ts";

/** The same seed, size and anchor give the same fleet, object by object. */
export function buildFleet(context: BuildContext): DemoFleet {
  return { ...context, clusters: [buildProdUs(context), buildProdEu(context), buildOnprem(context)] };
}
