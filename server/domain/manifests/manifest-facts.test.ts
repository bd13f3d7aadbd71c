import { describe, expect, it } from "vitest";
import {
  aContainer,
  aCronJob,
  aJob,
  aJobSpec,
  aPod,
  aResourceSlice,
  aService,
  aSnapshot,
  aTemplate,
  aVolume,
  aVolumeClaim,
  aWorkload,
} from "../../testing/builders/index.ts";
import { FEATURE_CHECKS } from "../features/checks/index.ts";
import type { ClusterSnapshot } from "../snapshot.ts";
import { toManifestFacts } from "./manifest-facts.ts";
import { manifestFor } from "./manifest-for.ts";
import type { ManifestFacts } from "./manifest-types.ts";

const NAMESPACES = ["alpha", "beta", "gamma"];
const helped = aTemplate({ containers: [aContainer(), aContainer({ name: "envoy", image: "x/envoy:1" })] });
const annotated = aTemplate({ appArmorAnnotations: { main: "runtime/default" } });

/** Many of everything in three namespaces, so that each writer has a choice. */
function aBusySnapshot(): ClusterSnapshot {
  const each = <T>(make: (namespace: string, index: number) => T): T[] =>
    NAMESPACES.flatMap((namespace) => Array.from({ length: 30 }, (_, index) => make(namespace, index)));
  return aSnapshot({
    services: each((namespace, index) =>
      aService({
        namespace,
        name: `svc-${index}`,
        selector: { app: `web-${index}` },
        trafficDistribution: index === 0 ? "PreferClose" : null,
      }),
    ),
    workloads: each((namespace, index) =>
      aWorkload({
        namespace,
        name: `web-${index}`,
        kind: index === 0 ? "StatefulSet" : "Deployment",
        selector: { app: `web-${index}` },
        template: index % 3 === 0 ? annotated : index % 3 === 1 ? aTemplate({ topologySpreadKeys: [] }) : helped,
      }),
    ),
    jobs: each((namespace, index) =>
      aJob({
        namespace,
        name: `job-${index}`,
        ownerCronJob: index < 3 ? "nightly" : null,
        spec: aJobSpec(
          index % 2 === 0 ? { completionMode: "Indexed" } : { template: aTemplate({ restartPolicy: "Never" }) },
        ),
      }),
    ),
    cronJobs: [aCronJob({ namespace: "gamma", name: "nightly" })],
    pods: each((namespace, index) => aPod({ namespace, name: `pod-${index}`, isMirror: index === 0 })),
    volumeClaims: each((namespace, index) =>
      aVolumeClaim({ namespace, name: `claim-${index}`, attributesClassName: index === 0 ? "gold" : null }),
    ),
    volumes: [aVolume()],
    resourceSlices: [aResourceSlice()],
  });
}

function cutTo(facts: ManifestFacts, namespaces: readonly string[]): ManifestFacts {
  const isOwn = (item: { readonly namespace: string }) => namespaces.includes(item.namespace);
  const { parts } = facts;
  const cut = <P extends "services" | "workloads" | "jobs" | "cronJobs" | "pods" | "volumeClaims">(part: P) => {
    const reading = parts[part];
    return { [part]: reading.state === "value" ? { ...reading, value: reading.value.filter(isOwn) } : reading };
  };
  return {
    ...facts,
    parts: {
      ...parts,
      ...cut("services"),
      ...cut("workloads"),
      ...cut("jobs"),
      ...cut("cronJobs"),
      ...cut("pods"),
      ...cut("volumeClaims"),
    },
  };
}

describe("the facts of manifests", () => {
  const whole = aBusySnapshot();
  const facts = toManifestFacts(whole);

  it.each([[NAMESPACES], [["beta"]], [["gamma", "alpha"]], [[]]])(
    "give readers of %j the manifests that the whole snapshot would",
    (namespaces) => {
      for (const { id } of FEATURE_CHECKS)
        expect(manifestFor(id, cutTo(facts, namespaces)), id).toEqual(manifestFor(id, cutTo(whole, namespaces)));
    },
  );

  it("are a few objects per namespace", () => {
    const { pods, services, workloads } = facts.parts;
    expect(pods.state === "value" && pods.value.length).toBe(3);
    expect(services.state === "value" && services.value.length).toBe(3);
    expect(workloads.state === "value" && workloads.value.length).toBeLessThanOrEqual(3 * 13);
  });

  it("keep what could not be read unread", () => {
    expect(toManifestFacts(aSnapshot({}, { services: "forbidden" })).parts.services).toMatchObject({
      state: "unknown",
      reason: "forbidden",
    });
  });
});
