import { EvidenceList } from "../features/judgement.ts";
import type { ApiWriterFacts } from "../snapshot.ts";
import { type PlanContext, proofOf, saw } from "./plan-context.ts";
import { findRemovedApi, isRemovedBy } from "./removed-apis.ts";

type Api = Pick<ApiWriterFacts, "group" | "version" | "resource">;

/** Field managers that wrote objects through the API: the only callers that anything in the cluster names. */
function judgeWriters({ facts, add }: PlanContext, api: Api, name: string): void {
  const own = facts.apiWriters
    .filter(
      ({ group, version, resource }) => group === api.group && version === api.version && resource === api.resource,
    )
    .toSorted((a, b) => b.objectCount - a.objectCount);
  if (own.length === 0) return;
  const proof = new EvidenceList();
  for (const { manager, objectCount, lastWrittenAt } of own) {
    const when = lastWrittenAt === null ? "" : `, last ${lastWrittenAt.toISOString().slice(0, 16)}Z`;
    proof.add(() =>
      saw(facts, "apiWriters", `manager/${manager}`, `objects written through it: ${objectCount}${when}`),
    );
  }
  add({
    kind: "api",
    severity: "info",
    key: "api-written-by",
    about: name,
    params: { api: name, managers: own.map(({ manager }) => manager).join(", ") },
    proof,
    count: own.length,
  });
}

/** APIs that the target no longer has: requested ones block, served ones are to be looked at. */
export function judgeApis(plan: PlanContext): void {
  const { facts, from, target, minors, add } = plan;
  const used = new Set<string>();
  for (const api of facts.deprecatedApiUse) {
    const name = `${api.group === "" ? "core" : api.group}/${api.version} ${api.resource}`;
    used.add(`${api.group}/${api.version}/${api.resource}`);
    const known = findRemovedApi(api.group, api.version, api.resource);
    const removedIn = api.removedRelease !== "" ? api.removedRelease : known?.removedIn;
    const proof = new EvidenceList();
    proof.add(() =>
      saw(
        facts,
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
    judgeWriters(plan, api, name);
  }
  for (const api of facts.endingApis) {
    const known = findRemovedApi(api.group, api.version, api.resource);
    if (known === null || isRemovedBy(known.removedIn, from) || !isRemovedBy(known.removedIn, target)) continue;
    if (used.has(`${api.group}/${api.version}/${api.resource}`)) continue;
    const name = `${api.group}/${api.version} ${api.resource}`;
    const proof = new EvidenceList();
    proof.add(() => saw(facts, "apiResources", name, "served"));
    add({
      kind: "api",
      severity: "review",
      key: "api-served-removed",
      about: name,
      params: { api: name, removedIn: known.removedIn, instead: known.useInstead },
      atMinor: known.removedIn,
      proof,
    });
    judgeWriters(plan, api, name);
  }
  if (facts.downApiServices.total > 0) {
    const proof = proofOf(facts, "apiServices", facts.downApiServices);
    add({ kind: "api", severity: "review", key: "api-service-down", proof });
  }
}
