import { describe, expect, it } from "vitest";
import { ApiWriterFinder, endingVersionsOf } from "./api-writers.ts";

const POLICIES = { group: "admissionregistration.k8s.io", resource: "mutatingadmissionpolicies" };
const BETA = "admissionregistration.k8s.io/v1beta1";
const entry = (manager: string, apiVersion: string, time?: string) => ({
  manager,
  operation: "Update",
  apiVersion,
  ...(time === undefined ? {} : { time }),
  fieldsType: "FieldsV1",
  fieldsV1: { "f:spec": { 'k:{"name":"a]"}': {} } },
});
const fields = (...entries: readonly unknown[]) => Buffer.from(JSON.stringify(entries));

describe("who writes through APIs that end", () => {
  it("knows which versions of a list end, and of most lists that none does", () => {
    expect([...endingVersionsOf(POLICIES)].sort()).toEqual([
      "admissionregistration.k8s.io/v1alpha1",
      "admissionregistration.k8s.io/v1beta1",
    ]);
    expect(endingVersionsOf({ group: "", resource: "pods" })).toEqual([]);
    expect(endingVersionsOf({ group: "apps", resource: "deployments" })).toEqual([]);
  });

  it("counts each object once per manager and version, and keeps the last write", () => {
    const finder = new ApiWriterFinder(POLICIES);
    finder.add(fields(entry("argocd", BETA, "2026-11-01T10:00:00Z"), entry("argocd", BETA, "2026-11-03T10:00:00Z")));
    finder.add(fields(entry("argocd", BETA, "2026-11-02T10:00:00Z"), entry("kubectl", BETA)));
    finder.add(fields(entry("kubectl", "admissionregistration.k8s.io/v1", "2026-11-04T10:00:00Z")));
    const { group, resource } = POLICIES;
    expect(finder.writers).toEqual([
      {
        group,
        resource,
        version: "v1beta1",
        manager: "argocd",
        objectCount: 2,
        lastWrittenAt: new Date("2026-11-03T10:00:00Z"),
      },
      { group, resource, version: "v1beta1", manager: "kubectl", objectCount: 1, lastWrittenAt: null },
    ]);
  });

  it("keeps no more names than fit, and takes no harm from what is no list", () => {
    const finder = new ApiWriterFinder(POLICIES);
    for (let index = 0; index < 500; index += 1) finder.add(fields(entry(`client-${index}`, BETA)));
    expect(finder.writers).toHaveLength(100);
    finder.add(Buffer.from(`[{"apiVersion":"${BETA}"`));
    finder.add(Buffer.from(`{"apiVersion":"${BETA}"}`));
    finder.add(fields(entry("", BETA), null, "text"));
    expect(finder.writers).toHaveLength(100);
  });
});
