import type { ResourceAmounts } from "../../domain/snapshot.ts";
import { isObject, type JsonObject } from "./parse-json.ts";
import { parseQuantity } from "./quantity.ts";

export const NO_AMOUNTS: ResourceAmounts = Object.freeze({
  cpuCores: null,
  memoryBytes: null,
  ephemeralStorageBytes: null,
  podCount: null,
  extended: Object.freeze({}),
});

/** A resource list (`requests`, `capacity` …). What is not named, or is no quantity, stays `null`. */
export function projectAmounts(value: unknown): ResourceAmounts {
  if (!isObject(value)) return NO_AMOUNTS;
  return projectResourceList(value);
}

export function projectAmountsOrNull(value: unknown): ResourceAmounts | null {
  return isObject(value) && Object.keys(value).length > 0 ? projectResourceList(value) : null;
}

function projectResourceList(list: JsonObject): ResourceAmounts {
  const extended: Record<string, number> = {};
  for (const name in list) {
    if (name === "cpu" || name === "memory" || name === "ephemeral-storage" || name === "pods") continue;
    const amount = parseQuantity(list[name]);
    if (amount !== null) extended[name] = amount;
  }
  return {
    cpuCores: parseQuantity(list.cpu),
    memoryBytes: parseQuantity(list.memory),
    ephemeralStorageBytes: parseQuantity(list["ephemeral-storage"]),
    podCount: parseQuantity(list.pods),
    extended,
  };
}
