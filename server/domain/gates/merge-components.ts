import type { ComponentName, ComponentReading } from "../snapshot.ts";

const PER_NODE: readonly ComponentName[] = ["kubelet", "kube-proxy"];

/**
 * One reading per instance out of what the cluster itself said and what Prometheus has scraped.
 *
 * Basis: what a component said itself wins; Prometheus fills nodes that could not be read, and a control-plane component of which
 * not one instance could be read (instances are named differently by both, so they are never mixed). Settings seen in arguments stay.
 */
export function mergeComponents(
  own: readonly ComponentReading[],
  scraped: readonly ComponentReading[],
): ComponentReading[] {
  const merged: ComponentReading[] = [];
  const ownByComponent = groupByComponent(own);
  const scrapedByComponent = groupByComponent(scraped);
  for (const component of new Set([...ownByComponent.keys(), ...scrapedByComponent.keys()])) {
    const mine = ownByComponent.get(component) ?? [];
    const theirs = scrapedByComponent.get(component) ?? [];
    if (PER_NODE.includes(component)) merged.push(...mergeByInstance(mine, theirs));
    else if (theirs.length === 0 || mine.some((reading) => reading.gates !== null)) merged.push(...mine);
    else
      merged.push(
        ...mergeByInstance(
          mine.filter((reading) => theirs.some((other) => other.instance === reading.instance)),
          theirs,
        ),
      );
  }
  return merged;
}

function mergeByInstance(mine: readonly ComponentReading[], theirs: readonly ComponentReading[]): ComponentReading[] {
  const byInstance = new Map(theirs.map((reading) => [reading.instance, reading]));
  const result = mine.map((reading) => {
    const other = byInstance.get(reading.instance);
    byInstance.delete(reading.instance);
    if (reading.gates !== null || other === undefined) return reading;
    return {
      ...other,
      version: other.version ?? reading.version,
      explicit: reading.explicit,
      explicitSource: reading.explicitSource,
    };
  });
  return [...result, ...byInstance.values()];
}

function groupByComponent(readings: readonly ComponentReading[]): Map<ComponentName, ComponentReading[]> {
  const groups = new Map<ComponentName, ComponentReading[]>();
  for (const reading of readings) {
    const group = groups.get(reading.component);
    if (group === undefined) groups.set(reading.component, [reading]);
    else group.push(reading);
  }
  return groups;
}
