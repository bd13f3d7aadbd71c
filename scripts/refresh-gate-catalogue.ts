/**
 * Writes the product's own copies of two fact files:
 *
 *   node scripts/refresh-gate-catalogue.ts GATES.json [RELEASES.json]
 *
 * GATES.json holds, per gate, `name`, `history[] {version, stage, default, locked}`, `removedIn`, `kep`, `components`,
 * `dependsOn`, `knownSince`, with `newestVersion`, `sources` and `caveats` beside them. To make a new one, read the
 * gate declarations of each release tree (`pkg/features`, `staging/src/k8s.io/<library>/pkg/features`) or the published table
 * of gates, and keep the rows in ascending order. RELEASES.json holds `minors[] {minor, releaseDate, endOfLife, …}`.
 *
 * Everything is checked before anything is written; the first defect ends the run with its place.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { minorIndex } from "../server/domain/gates/version.ts";

const STAGES = ["Alpha", "Beta", "GA", "Deprecated"];
const CONSUMERS = [
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kubelet",
  "kube-proxy",
  "cloud-controller-manager",
  "client-go",
];
const OLDEST_MINOR = "1.31";
const PLANNED = /^Known in ([\d.]+) but gone from the ([\d.]+) development branch: (.+)\.$/;

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

function refuse(place: string, message: string): never {
  throw new Error(`${place}: ${message}`);
}
function asObject(value: Json | undefined, place: string): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return refuse(place, "is not an object");
  return value as JsonObject;
}
function asList(value: Json | undefined, place: string): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : refuse(place, "is not a list");
}
function asText(value: Json | undefined, place: string): string {
  return typeof value === "string" && value !== "" ? value : refuse(place, "is not a text");
}
function asFlag(value: Json | undefined, place: string): boolean {
  return typeof value === "boolean" ? value : refuse(place, "is not true or false");
}
function asMinor(value: Json | undefined, place: string): string {
  const text = asText(value, place);
  return /^\d+\.\d+$/.test(text) ? text : refuse(place, `"${text}" is not a minor version`);
}

/** Compact form of the gate facts, one line per gate. Throws with the place of the first defect. */
export function toCatalogueText(source: Json): string {
  const root = asObject(source, "file");
  const newest = asMinor(root.newestVersion, "newestVersion");
  const seen = new Set<string>();
  const lines = asList(root.gates, "gates").map((entry, position) => {
    const gate = asObject(entry, `gates[${position}]`);
    const name = asText(gate.name, `gates[${position}].name`);
    if (seen.has(name)) refuse(name, "is listed twice");
    seen.add(name);
    let previous = 0;
    const history = asList(gate.history, `${name}.history`).map((value) => {
      const row = asObject(value, `${name}.history`);
      const minor = asMinor(row.version, `${name}.history.version`);
      const index = minorIndex(minor) ?? 0;
      if (index <= previous) refuse(name, "has history rows out of order");
      previous = index;
      const stage = asText(row.stage, `${name}.history.stage`);
      if (!STAGES.includes(stage)) refuse(name, `has the unknown stage "${stage}"`);
      const isOn = asFlag(row.default, `${name}.history.default`);
      const isLocked = asFlag(row.locked, `${name}.history.locked`);
      return `${minor} ${stage}${isOn ? "+" : "-"}${isLocked ? "L" : ""}`;
    });
    if (history.length === 0) refuse(name, "has no history");
    const components = asList(gate.components ?? [], `${name}.components`).map((component) => {
      const text = asText(component, `${name}.components`);
      return CONSUMERS.includes(text) ? text : refuse(name, `names the unknown component "${text}"`);
    });
    const dependsOn = asList(gate.dependsOn ?? [], `${name}.dependsOn`).map((other) => asText(other, name));
    const knownSince = asText(gate.knownSince, `${name}.knownSince`);
    return JSON.stringify({
      name,
      history,
      ...(gate.removedIn === null ? {} : { removedIn: asMinor(gate.removedIn, `${name}.removedIn`) }),
      ...(typeof gate.kep === "number" ? { kep: gate.kep } : {}),
      ...(components.length > 0 ? { components } : {}),
      ...(dependsOn.length > 0 ? { dependsOn } : {}),
      // "<=1.31" = older than the oldest source: left out.
      ...(knownSince.startsWith("<") ? {} : { knownSince: asMinor(knownSince, `${name}.knownSince`) }),
    });
  });
  const planned: Record<string, string[]> = {};
  for (const caveat of asList(root.caveats ?? [], "caveats")) {
    const match = PLANNED.exec(asText(caveat, "caveats"));
    const names = match?.[3]?.split(", ") ?? [];
    for (const name of names) if (!seen.has(name)) refuse(name, "is planned for removal but not in the list");
    if (match?.[2] !== undefined) planned[match[2]] = names;
  }
  const head = [
    `  "newestMinor": ${JSON.stringify(newest)},`,
    `  "oldestMinor": ${JSON.stringify(OLDEST_MINOR)},`,
    `  "sources": ${JSON.stringify(root.sources ?? [])},`,
    `  "caveats": ${JSON.stringify(root.caveats ?? [])},`,
    `  "plannedRemovals": ${JSON.stringify(planned)},`,
  ];
  return `{\n${head.join("\n")}\n  "gates": [\n    ${lines.join(",\n    ")}\n  ]\n}\n`;
}

/** The support dates, checked: days are ISO days, minors ascend. */
export function toReleasesText(source: Json): string {
  const root = asObject(source, "file");
  let previous = 0;
  const day = (value: Json, place: string): string => {
    const text = asText(value, place);
    return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))
      ? text
      : refuse(place, `"${text}" is no day`);
  };
  const minors = asList(root.minors, "minors").map((value, position) => {
    const entry = asObject(value, `minors[${position}]`);
    const minor = asMinor(entry.minor, `minors[${position}].minor`);
    const index = minorIndex(minor) ?? 0;
    if (index <= previous) refuse(minor, "is out of order");
    previous = index;
    const managed: Record<string, Record<string, string>> = {};
    for (const [service, dates] of Object.entries(asObject(entry.managed ?? {}, `${minor}.managed`))) {
      const named = Object.entries(asObject(dates, `${minor}.${service}`));
      managed[service] = Object.fromEntries(named.map(([key, at]) => [key, day(at, `${minor}.${service}.${key}`)]));
    }
    return {
      minor,
      releaseDate: day(entry.releaseDate ?? "", `${minor}.releaseDate`),
      maintenanceModeStart: day(entry.maintenanceModeStart ?? "", `${minor}.maintenanceModeStart`),
      endOfLife: day(entry.endOfLife ?? "", `${minor}.endOfLife`),
      latestPatch: asText(entry.latestPatch, `${minor}.latestPatch`),
      latestPatchDate: day(entry.latestPatchDate ?? "", `${minor}.latestPatchDate`),
      managed,
    };
  });
  const { asOf, knowledgeEnds, sources, notes } = root;
  return `${JSON.stringify({ asOf, knowledgeEnds, sources, notes, minors }, null, 2)}\n`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [gatesPath, releasesPath] = process.argv.slice(2);
  if (gatesPath === undefined) {
    console.error("usage: node scripts/refresh-gate-catalogue.ts GATES.json [RELEASES.json]");
    process.exit(2);
  }
  const gates = toCatalogueText(JSON.parse(readFileSync(gatesPath, "utf8")) as Json);
  const releases =
    releasesPath === undefined ? null : toReleasesText(JSON.parse(readFileSync(releasesPath, "utf8")) as Json);
  const folder = new URL("../server/domain/", import.meta.url);
  writeFileSync(new URL("gates/catalogue.json", folder), gates);
  if (releases !== null) writeFileSync(new URL("upgrade/releases.json", folder), releases);
  console.log(`gates: ${gates.split('"name"').length - 1}${releases === null ? "" : ", releases written"}`);
}
