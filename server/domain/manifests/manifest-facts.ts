import { needsMigration } from "../features/checks/app-armor-fields.ts";
import type { Reading } from "../reading.ts";
import type { ClusterSnapshot } from "../snapshot.ts";
import { mayAutoscale, mayTakeClass } from "./api-objects.ts";
import { neverRestarts, runsIndexed } from "./jobs.ts";
import type { ManifestFacts } from "./manifest-types.ts";
import { APP_ARMOR_PATCHES, hasClassicSidecar, isBehind, mayBeResized, mayPreferZones } from "./workload-patches.ts";

const API_GROUPS = new Set(["resource.k8s.io", "admissionregistration.k8s.io", "storage.k8s.io"]);

/**
 * A snapshot with only those objects that some manifest could name: per namespace the first ones that each writer would
 * choose, so that a reader of some namespaces gets what the whole snapshot cut to them would give. Order is kept.
 */
export function toManifestFacts(snapshot: ClusterSnapshot): ManifestFacts {
  const { parts } = snapshot;
  const services = keep(parts.services, (list) => firstOf(list, mayPreferZones));
  const chosen = services.state === "value" ? services.value : [];
  const byNamespace = Map.groupBy(chosen, (service) => service.namespace);
  return {
    ...snapshot,
    sources: [],
    parts: {
      version: parts.version,
      apiResources: keep(parts.apiResources, (list) => list.filter((api) => API_GROUPS.has(api.group))),
      services,
      workloads: keep(parts.workloads, (list) =>
        inOrder(list, [
          firstOf(list, mayAutoscale),
          firstOf(list, hasClassicSidecar),
          firstOf(list, ({ template }) => needsMigration(template), APP_ARMOR_PATCHES),
          firstOf(list, (workload) =>
            (byNamespace.get(workload.namespace) ?? []).some((service) => isBehind(service, workload)),
          ),
        ]),
      ),
      pods: keep(parts.pods, (list) => firstOf(list, mayBeResized)),
      // A Job that a CronJob made is never an example, so it must not take the place of one that could be.
      jobs: keep(parts.jobs, (list) =>
        chooseJobs(
          list.filter((job) => job.ownerCronJob === null),
          (job) => job.spec,
        ),
      ),
      cronJobs: keep(parts.cronJobs, (list) => chooseJobs(list, (job) => job.jobSpec)),
      volumeClaims: keep(parts.volumeClaims, (list) => firstOf(list, mayTakeClass)),
      deviceClasses: keep(parts.deviceClasses, (list) => list.slice(0, 1)),
      resourceSlices: keep(parts.resourceSlices, (list) => list.slice(0, 1)),
      volumes: keep(parts.volumes, (list) => list.filter((volume) => volume.csiDriver !== null).slice(0, 1)),
      volumeAttributesClasses: parts.volumeAttributesClasses,
    },
  };
}

type JobSpec = Parameters<typeof runsIndexed>[0];

function chooseJobs<T extends { readonly namespace: string }>(list: readonly T[], specOf: (item: T) => JobSpec): T[] {
  return inOrder(list, [
    firstOf(list, (item) => runsIndexed(specOf(item))),
    firstOf(list, (item) => neverRestarts(specOf(item))),
    firstOf(list, (item) => needsMigration(specOf(item).template), APP_ARMOR_PATCHES),
  ]);
}

function keep<T>(reading: Reading<readonly T[]>, choose: (list: readonly T[]) => readonly T[]): Reading<readonly T[]> {
  return reading.state === "value" ? { ...reading, value: choose(reading.value) } : reading;
}

/** The first `limit` of each namespace that pass. */
function firstOf<T extends { readonly namespace: string }>(
  list: readonly T[],
  test: (item: T) => boolean,
  limit = 1,
): T[] {
  const counts = new Map<string, number>();
  return list.filter((item) => {
    const count = counts.get(item.namespace) ?? 0;
    if (count >= limit || !test(item)) return false;
    counts.set(item.namespace, count + 1);
    return true;
  });
}

function inOrder<T>(list: readonly T[], chosen: readonly (readonly T[])[]): T[] {
  const wanted = new Set(chosen.flat());
  return list.filter((item) => wanted.has(item));
}
