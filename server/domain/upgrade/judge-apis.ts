import { EvidenceList } from "../features/judgement.ts";
import { valueOrNull } from "../reading.ts";
import type { PlanContext } from "./plan-context.ts";
import { findRemovedApi, isRemovedBy } from "./removed-apis.ts";

/** APIs that the target no longer has: requested ones block, served ones are to be looked at. */
export function judgeApis({ snapshot, context, from, target, minors, add }: PlanContext): void {
  const use = valueOrNull(snapshot.parts.deprecatedApiUse);
  const used = new Set<string>();
  for (const api of use ?? []) {
    const name = `${api.group === "" ? "core" : api.group}/${api.version} ${api.resource}`;
    used.add(`${api.group}/${api.version}/${api.resource}`);
    const known = findRemovedApi(api.group, api.version, api.resource);
    const removedIn = api.removedRelease !== "" ? api.removedRelease : known?.removedIn;
    const proof = new EvidenceList();
    proof.add(() =>
      context.saw(
        "deprecatedApiUse",
        name,
        api.requestCount === null ? "requested since the API server started" : `${api.requestCount} requests`,
      ),
    );
    const instead = known?.useInstead ?? null;
    const params = { api: name, removedIn: removedIn ?? "", instead: instead ?? "" };
    const isGone = removedIn !== undefined && isRemovedBy(removedIn, target);
    // Some APIs are deprecated for good (core/v1 endpoints): no version is set for their removal.
    const deprecated =
      removedIn === undefined ? "api-used-no-end" : instead === null ? "api-used-deprecated" : "api-used-replaced";
    add({
      kind: "api",
      severity: isGone ? "blocker" : "info",
      key: isGone ? (instead === null ? "api-used-gone" : "api-used-removed") : deprecated,
      about: name,
      params,
      proof,
      ...(isGone && minors.includes(removedIn) ? { atMinor: removedIn } : {}),
    });
  }
  for (const api of valueOrNull(snapshot.parts.apiResources) ?? []) {
    const known = findRemovedApi(api.group, api.version, api.resource);
    if (known === null || isRemovedBy(known.removedIn, from) || !isRemovedBy(known.removedIn, target)) continue;
    if (used.has(`${api.group}/${api.version}/${api.resource}`)) continue;
    const name = `${api.group}/${api.version} ${api.resource}`;
    const proof = new EvidenceList();
    proof.add(() => context.saw("apiResources", name, "served"));
    add({
      kind: "api",
      severity: "review",
      key: "api-served-removed",
      about: name,
      params: { api: name, removedIn: known.removedIn, instead: known.useInstead },
      atMinor: known.removedIn,
      proof,
    });
  }
  const down = (valueOrNull(snapshot.parts.apiServices) ?? []).filter((service) => service.isAvailable === false);
  if (down.length > 0) {
    const proof = new EvidenceList();
    for (const service of down)
      proof.add(() => context.saw("apiServices", service.name, service.reason ?? "not available"));
    add({ kind: "api", severity: "review", key: "api-service-down", proof });
  }
}
