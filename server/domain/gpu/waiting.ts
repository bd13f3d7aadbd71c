import type { DeviceClassFacts, ResourceClaimFacts } from "../snapshot.ts";
import { driverOf } from "./device-selector.ts";
import type { DeviceAccess, DeviceState } from "./device-types.ts";
import { parseGpuResource } from "./gpu-resources.ts";

/**
 * Why somebody waits. `class-missing` and `no-driver` never resolve by themselves; `too-few-free` does when somebody lets go;
 * `scattered` = enough are free, but no node has that many; `not-usable` = enough devices are free on a node and the scheduler still
 * says no (selectors, taints, other resources);
 * `unknown` = classes or devices could not be read.
 */
export type WaitingCause = "class-missing" | "no-driver" | "too-few-free" | "scattered" | "not-usable" | "unknown";

/** A device, or an instance of a card that is cut, as somebody who waits sees it. */
export type OfferedDevice = {
  readonly nodeName: string | null;
  /** MIG or partition profile; null = a whole device. */
  readonly profile: string | null;
  readonly vendor: string;
  readonly model: string | null;
  readonly access: DeviceAccess;
  readonly state: DeviceState;
};
export type Need = {
  /** Device class, or extended resource. */
  readonly wants: string;
  readonly kind: "class" | "resource";
  readonly count: number;
};
export type WaitingReason = { readonly cause: WaitingCause; readonly wants: string | null; readonly freeCount: number };

/** Classes and counts that a claim asks for; of alternatives the last resort stands for all. */
export function needsOfClaim(claim: Pick<ResourceClaimFacts, "requests">): Need[] {
  return claim.requests.flatMap((request) => {
    if (request.adminAccess) return [];
    const names =
      request.deviceClassName === null
        ? request.alternatives.map((alternative) => alternative.deviceClassName).slice(-1)
        : [request.deviceClassName];
    return names.map((wants) => ({ wants, kind: "class" as const, count: request.count ?? 1 }));
  });
}

/**
 * The first need that cannot be met, in the order in which a person would look: does the class exist, does a driver publish, is one
 * free.
 *
 * Basis: a class belongs to the vendor whose driver its selectors name; without such a selector every published device counts.
 * `classes` null = could not be listed.
 */
export function explainWaiting(
  needs: readonly Need[],
  classes: readonly DeviceClassFacts[] | null,
  devices: readonly OfferedDevice[],
): WaitingReason {
  let last: WaitingReason = { cause: "unknown", wants: needs[0]?.wants ?? null, freeCount: 0 };
  for (const need of needs) {
    const reason = explainNeed(need, classes, devices);
    if (reason.cause !== "not-usable") return reason;
    last = reason;
  }
  return last;
}

function explainNeed(
  need: Need,
  classes: readonly DeviceClassFacts[] | null,
  devices: readonly OfferedDevice[],
): WaitingReason {
  const answer = (cause: WaitingCause, freeCount = 0): WaitingReason => ({ cause, wants: need.wants, freeCount });
  const resource = parseGpuResource(need.wants);
  let offered = devices.filter(
    (device) =>
      device.access === "device-plugin" &&
      device.vendor === (resource?.vendor ?? vendorIn(need.wants)) &&
      device.profile === (resource?.profile ?? null),
  );
  if (need.kind === "class") {
    if (classes === null) return answer("unknown");
    const found = classes.find((entry) => entry.name === need.wants);
    if (found === undefined) return answer("class-missing");
    const driver = driverOf(found.selectorCel);
    offered = devices.filter(
      (device) => device.access === "dra" && (driver === null || device.vendor === vendorIn(driver)),
    );
  }
  if (offered.length === 0) return answer("no-driver");
  const free = offered.filter((device) => device.state === "free");
  if (free.length < need.count) return answer("too-few-free", free.length);
  const mostOnNode = Math.max(...[...Map.groupBy(free, (device) => device.nodeName).values()].map((own) => own.length));
  return answer(mostOnNode < need.count ? "scattered" : "not-usable", free.length);
}

function vendorIn(text: string): string {
  return /nvidia/.test(text) ? "nvidia" : /amd/.test(text) ? "amd" : /intel/.test(text) ? "intel" : "other";
}

/** Why a free device does not help anybody who waits. */
export type FreeReason = "nothing-waits" | "wrong-class" | "wrong-access" | "wrong-size" | "could-serve";

/**
 * What stands between free devices and those who wait.
 *
 * Basis: `could-serve` = a need of that access, vendor and size waits although the device is free (then look at selectors, taints and
 * how many are free on one node); `wrong-size` = they ask for another instance or for whole devices; `wrong-access` = the only ones who
 * wait ask through the other way (claims against a device plugin, or resources against DRA); `wrong-class` = their class does not exist
 * or names another driver.
 */
export function explainFree(
  device: OfferedDevice,
  waiting: readonly { needs: readonly Need[]; cause: WaitingCause }[],
): FreeReason {
  if (waiting.length === 0) return "nothing-waits";
  let reason: FreeReason = "wrong-access";
  for (const { needs, cause } of waiting) {
    for (const need of needs) {
      if ((need.kind === "class") !== (device.access === "dra")) continue;
      const resource = need.kind === "resource" ? parseGpuResource(need.wants) : null;
      if (resource !== null && resource.vendor !== device.vendor) continue;
      if (resource !== null && resource.profile !== device.profile) {
        reason = "wrong-size";
        continue;
      }
      if (cause === "not-usable" || cause === "too-few-free" || cause === "scattered") return "could-serve";
      reason = "wrong-class";
    }
  }
  return reason;
}
