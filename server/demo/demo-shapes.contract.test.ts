import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { renderPage } from "./exposition.ts";
import { buildFleet } from "./fleet/build-fleet.ts";
import type { DemoCluster } from "./fleet/types.ts";
import { DemoApiServer } from "./kubernetes/api-server.ts";
import { KubeletPages } from "./kubernetes/kubelet-pages.ts";
import { resourcesOf } from "./kubernetes/resources.ts";
import { scrapeTargets } from "./scrape-targets.ts";
import { UNVERIFIED_METRICS } from "./unverified.ts";

const ANCHOR = 1_795_320_000;
const TOKEN = "test-token";
const RECORDED = new URL("../testing/clusters/recorded-1.34.9/", import.meta.url);
const FIXTURES = new URL("fixtures/", import.meta.url);

type Schema = {
  readonly type?: string;
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly format?: string;
};
type Schemas = Readonly<Record<string, Schema>>;

const fleet = buildFleet({ seed: 42, size: "small", anchor: ANCHOR });
const servers = new Map(
  fleet.clusters.map((cluster) => [
    cluster.name,
    new DemoApiServer({ cluster, anchor: ANCHOR, token: TOKEN, nowSeconds: () => ANCHOR }),
  ]),
);

function readGzip(url: URL): string {
  return gunzipSync(readFileSync(url)).toString("utf8");
}
function schemasOf(minor: string): Schemas {
  return JSON.parse(readGzip(new URL(`openapi/${minor}.json.gz`, FIXTURES))) as Schemas;
}
function recorded(name: string): unknown {
  return JSON.parse(readGzip(new URL(`${name}.json.gz`, RECORDED)));
}
function get(cluster: DemoCluster, path: string, accept = "application/json", authorization = `Bearer ${TOKEN}`) {
  const server = servers.get(cluster.name);
  if (server === undefined) throw new Error(cluster.name);
  return server.answer("GET", new URL(path, "http://demo"), accept, authorization === "" ? undefined : authorization);
}

/** Follows references; several shapes behind one field are merged. */
function resolve(schemas: Schemas, schema: Schema): Schema {
  if (schema.$ref !== undefined) return resolve(schemas, schemas[schema.$ref.split("/").at(-1) ?? ""] ?? {});
  const [only] = schema.allOf ?? [];
  return schema.allOf?.length === 1 && only !== undefined ? resolve(schemas, only) : schema;
}

type Paths = Map<string, Set<string>>;

/** Path → JSON types; keys of free maps (labels, resource names …) become `{}` where the schema says so. */
function collectPaths(
  schemas: Schemas,
  schema: Schema,
  value: unknown,
  path: string,
  into: Paths,
  unknown: Set<string>,
) {
  const type = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  into.set(path, (into.get(path) ?? new Set()).add(type));
  const here = resolve(schemas, schema);
  if (Array.isArray(value)) {
    for (const item of value) collectPaths(schemas, here.items ?? {}, item, `${path}[]`, into, unknown);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, child] of Object.entries(value)) {
      const known = here.properties?.[key];
      const free = here.additionalProperties;
      if (known !== undefined) collectPaths(schemas, known, child, `${path}.${key}`, into, unknown);
      else if (free !== undefined) collectPaths(schemas, free, child, `${path}.{}`, into, unknown);
      else if (isFreeForm(here)) continue;
      else {
        unknown.add(`${path}.${key}`);
        collectPaths(schemas, {}, child, `${path}.${key}`, into, unknown);
      }
    }
  }
  const wanted = wantedTypes(here);
  if (type !== "null" && wanted !== null && !wanted.has(type)) unknown.add(`${path} is ${type}, not ${[...wanted]}`);
}

/** FieldsV1 and extension objects: anything may stand there. */
function isFreeForm(schema: Schema): boolean {
  return schema.type === "object" && schema.properties === undefined;
}

function wantedTypes(schema: Schema): Set<string> | null {
  const all = [schema.type, ...(schema.oneOf ?? []).map((one) => one.type)].filter((type) => type !== undefined);
  if (all.length === 0) return null;
  return new Set(all.map((type) => (type === "integer" ? "number" : type)));
}

function schemaOfKind(schemas: Schemas, groupVersion: string, kind: string): Schema | null {
  const [group = "", version = ""] = groupVersion.includes("/") ? groupVersion.split("/") : ["core", groupVersion];
  const short = group.split(".")[0] ?? group;
  const name = Object.keys(schemas).find((one) => one.endsWith(`.${short}.${version}.${kind}`));
  return name === undefined ? null : (schemas[name] ?? null);
}

/** Kinds whose OpenAPI document was not recorded: they are held by the recorded list alone. */
const WITHOUT_SCHEMA = new Set(["APIService"]);

describe.each(fleet.clusters.map((cluster) => [cluster.name, cluster] as const))(
  "Kubernetes answers of %s",
  (_name, cluster) => {
    const schemas = schemasOf(cluster.minor);
    const allowed = resourcesOf(cluster).filter(
      (resource) =>
        !cluster.forbidden.includes(`${resource.group === "" ? "core" : resource.group}/${resource.resource}`),
    );
    it.each(allowed.map((one) => [`${one.group}/${one.version}/${one.resource}`, one] as const))(
      "%s",
      (_path, resource) => {
        const groupVersion = resource.group === "" ? resource.version : `${resource.group}/${resource.version}`;
        const root = resource.group === "" ? "/api" : "/apis";
        const answer = get(cluster, `${root}/${groupVersion}/${resource.resource}`);
        expect(answer.status).toBe(200);
        const list = JSON.parse(answer.body) as {
          kind: string;
          apiVersion: string;
          metadata: { resourceVersion: string };
          items: unknown[];
        };
        expect(list).toMatchObject({ kind: `${resource.kind}List`, apiVersion: groupVersion });
        expect(list.metadata.resourceVersion).toMatch(/^\d+$/);
        const schema = schemaOfKind(schemas, groupVersion, resource.kind);
        if (schema === null) expect(WITHOUT_SCHEMA).toContain(resource.kind);

        const ours: Paths = new Map();
        const unknown = new Set<string>();
        for (const item of list.items) collectPaths(schemas, schema ?? {}, item, "", ours, unknown);

        const file = `${resource.group === "" ? `core-v1-` : `${resource.group}_${resource.version}_`}${resource.resource}`;
        const theirs: Paths = new Map();
        if (readdirSync(RECORDED).includes(`${file}.json.gz`)) {
          const { items = [] } = recorded(file) as { items?: unknown[] };
          for (const item of items ?? []) collectPaths(schemas, schema ?? {}, item, "", theirs, new Set());
        }
        if (schema === null) {
          // No schema: what we show must have been seen on the real server.
          for (const path of unknown) if (theirs.has(path)) unknown.delete(path);
          for (const path of unknown)
            if (/^\.spec\.(service|insecureSkipTLSVerify|group)/.test(path)) unknown.delete(path);
        }
        expect([...unknown]).toEqual([]);
        const differing = [...ours].flatMap(([path, types]) => {
          const seen = theirs.get(path);
          const other = [...types].filter((type) => type !== "null" && seen !== undefined && !seen.has(type));
          const isOnlyNullThere = seen !== undefined && [...seen].every((type) => type === "null");
          return other.length === 0 || isOnlyNullThere ? [] : [`${path}: ${other} instead of ${[...(seen ?? [])]}`];
        });
        expect(differing.filter((one) => !isIntOrString(one))).toEqual([]);
      },
    );
  },
);

/** Fields that Kubernetes itself writes as number or text. */
function isIntOrString(difference: string): boolean {
  return /(minAvailable|maxUnavailable|maxSurge|targetPort|\.port): /.test(difference);
}

describe("refusals look like recorded ones", () => {
  const [us, eu, onprem] = fleet.clusters;
  if (us === undefined || eu === undefined || onprem === undefined) throw new Error("three clusters");
  const shapeOf = (value: unknown) =>
    typeof value === "object" && value !== null
      ? Object.entries(value)
          .map(([key, one]) => `${key}:${typeof one}`)
          .sort()
      : [];

  it("401 for a bad token", () => {
    const answer = get(us, "/api/v1/nodes", "application/json", "Bearer wrong");
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.body)).toEqual(recorded("error-401-bad-token"));
  });
  it("403 for what the account may not list", () => {
    const answer = get(onprem, "/api/v1/events");
    expect(answer.status).toBe(403);
    expect(shapeOf(JSON.parse(answer.body))).toEqual(shapeOf(recorded("error-403-nodes")));
  });
  it("404 as text for a group that is not there, as Status for a resource that is not served", () => {
    expect(get(us, "/apis/nothing.example/v1/things")).toMatchObject({ status: 404, body: "404 page not found\n" });
    const answer = get(us, "/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicies");
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.body)).toEqual(recorded("admissionregistration.k8s.io_v1_mutatingadmissionpolicies"));
  });
  it("400 for a continue token that is none", () => {
    const answer = get(us, "/api/v1/pods?limit=5&continue=bm9uc2Vuc2U");
    expect(answer.status).toBe(400);
    expect(shapeOf(JSON.parse(answer.body))).toEqual(shapeOf(recorded("error-400-bad-continue")));
  });
  it("pages through a list without losing or repeating anything", () => {
    const names: string[] = [];
    let token = "";
    do {
      const body = JSON.parse(get(us, `/api/v1/pods?limit=17&continue=${token}`).body) as {
        metadata: { continue?: string; remainingItemCount?: number };
        items: { metadata: { name: string; namespace: string } }[];
      };
      names.push(...body.items.map((item) => `${item.metadata.namespace}/${item.metadata.name}`));
      token = body.metadata.continue ?? "";
    } while (token !== "");
    const whole = JSON.parse(get(us, "/api/v1/pods").body) as { items: unknown[] };
    expect(names).toHaveLength(whole.items.length);
    expect(new Set(names).size).toBe(names.length);
  });
  it("metadata only, when asked", () => {
    const body = JSON.parse(
      get(us, "/apis/apps/v1/replicasets?limit=3", "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1")
        .body,
    ) as { items: Record<string, unknown>[] };
    expect(body).toMatchObject({ kind: "PartialObjectMetadataList", apiVersion: "meta.k8s.io/v1" });
    expect(Object.keys(body.items[0] ?? {}).sort()).toEqual(["apiVersion", "kind", "metadata"]);
  });
  it("aggregated discovery has the recorded form", () => {
    const accept = "application/json;v=v2;g=apidiscovery.k8s.io;as=APIGroupDiscoveryList";
    for (const [path, file] of [
      ["/api", "api-aggregated"],
      ["/apis", "apis-aggregated"],
    ] as const) {
      const ours: Paths = new Map();
      const theirs: Paths = new Map();
      collectPaths({}, {}, JSON.parse(get(us, path, accept).body), "", ours, new Set());
      collectPaths({}, {}, recorded(file), "", theirs, new Set());
      expect([...ours.keys()].filter((one) => !theirs.has(one))).toEqual([]);
    }
  });
  it("legacy discovery and version too", () => {
    for (const [path, file] of [
      ["/apis", "apis"],
      ["/api", "api"],
      ["/version", "version"],
    ] as const) {
      const ours: Paths = new Map();
      const theirs: Paths = new Map();
      collectPaths({}, {}, JSON.parse(get(us, path).body), "", ours, new Set());
      collectPaths({}, {}, recorded(file), "", theirs, new Set());
      expect([...ours.keys()].filter((one) => !theirs.has(one))).toEqual([]);
    }
  });
  it("anonymous requests get what each cluster's story says", () => {
    const statuses = (cluster: DemoCluster) => ["/api", "/livez"].map((path) => get(cluster, path, "", "").status);
    expect([us, eu, onprem].map(statuses)).toEqual([
      [401, 200],
      [200, 200],
      [403, 200],
    ]);
  });
});

describe("kubelet documents", () => {
  const node = fleet.clusters[0]?.nodes.find((one) => one.psi === "measured" && !one.isControlPlane);
  const cluster = fleet.clusters[0];
  if (node === undefined || cluster === undefined) throw new Error("no node");
  const pages = new KubeletPages(cluster, node);
  const pathsOf = (value: unknown) => {
    const paths: Paths = new Map();
    collectPaths({}, {}, value, "", paths, new Set());
    return paths;
  };
  const compare = (ours: Paths, theirs: Paths) =>
    [...ours].flatMap(([path, types]) => {
      const seen = theirs.get(path);
      if (seen === undefined) return [`${path} is not in the recording`];
      return [...types].every((type) => seen.has(type)) ? [] : [`${path}: ${[...types]} instead of ${[...seen]}`];
    });

  it("configz has the recorded fields", () => {
    const ours = pathsOf(JSON.parse(pages.read("/configz", ANCHOR)?.body ?? ""));
    expect(compare(ours, pathsOf(recorded("kubelet-configz")))).toEqual([]);
  });
  it("the Summary API has the recorded fields on node, pod and container", () => {
    const sample = JSON.parse(
      readFileSync(new URL("exporters/kubelet-summary-psi-swap.json", FIXTURES), "utf8"),
    ) as unknown;
    const theirs = new Map([...pathsOf(recorded("kubelet-stats_summary")), ...pathsOf(sample)]);
    // Pods and containers use the node's types for network and memory.
    for (const [path, types] of [...theirs]) {
      if (path.startsWith(".node.network")) theirs.set(path.replace(".node", ".pods[]"), types);
      if (path.startsWith(".node.memory.")) theirs.set(path.replace(".node", ".pods[].containers[]"), types);
    }
    expect(compare(pathsOf(JSON.parse(pages.read("/stats/summary", ANCHOR)?.body ?? "")), theirs)).toEqual([]);
  });
});

type Known = { readonly types: Set<string>; readonly labels: Set<string> };

function parseExposition(text: string, into: Map<string, Known>): void {
  const typed = new Map<string, string>();
  for (const line of text.split("\n")) {
    const type = /^# TYPE (\S+) (\S+)/.exec(line);
    if (type !== null) typed.set(type[1] ?? "", type[2] ?? "");
    const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? /.exec(line);
    if (sample === null) continue;
    const name = sample[1] ?? "";
    const family = typed.has(name) ? name : name.replace(/_(bucket|sum|count)$/, "");
    const known = into.get(name) ?? { types: new Set<string>(), labels: new Set<string>() };
    const declared = typed.get(family);
    if (declared !== undefined) known.types.add(declared);
    for (const label of (sample[2] ?? "").matchAll(/([a-zA-Z_]\w*)="(?:[^"\\]|\\.)*"/g))
      known.labels.add(label[1] ?? "");
    into.set(name, known);
  }
}

describe("exporter pages", () => {
  const samples = new Map<string, Known>();
  const ours = new Map<string, Known>();
  beforeAll(() => {
    for (const file of readdirSync(new URL("exporters/", FIXTURES)).filter((name) => name.endsWith(".prom"))) {
      parseExposition(readFileSync(new URL(`exporters/${file}`, FIXTURES), "utf8"), samples);
    }
    for (const file of readdirSync(RECORDED).filter((name) => name.endsWith(".txt.gz"))) {
      parseExposition(readGzip(new URL(file, RECORDED)), samples);
    }
    for (const cluster of fleet.clusters) {
      for (const target of scrapeTargets(cluster, ANCHOR)) parseExposition(renderPage(target.families(), ANCHOR), ours);
    }
  });

  it("use only metrics that a sample shows, and name the others as unverified", () => {
    const missing = [...ours.keys()].filter((name) => !samples.has(name)).sort();
    expect(missing).toEqual([...UNVERIFIED_METRICS].sort());
  });
  it("use only labels that the samples show", () => {
    const foreign = [...ours].flatMap(([name, { labels }]) => {
      const seen = samples.get(name)?.labels;
      if (seen === undefined) return [];
      return [...labels]
        .filter((label) => !seen.has(label) && !isOpenLabel(name, label))
        .map((label) => `${name}{${label}}`);
    });
    expect(foreign).toEqual([]);
  });
  it("declare the sampled types", () => {
    const differing = [...ours].flatMap(([name, { types }]) => {
      const seen = samples.get(name)?.types ?? new Set();
      return seen.size === 0 || [...types].every((type) => seen.has(type))
        ? []
        : [`${name}: ${[...types]} / ${[...seen]}`];
    });
    expect(differing).toEqual([]);
  });
});

/** Labels that kube-state-metrics makes out of whatever labels objects carry, and those every DCGM row may have. */
function isOpenLabel(name: string, label: string): boolean {
  if (/^kube_(node|pod|namespace)_labels$/.test(name)) return label.startsWith("label_");
  // A standalone cAdvisor lacks what the kubelet adds to each of its series.
  if (name.startsWith("container_")) return ["container", "pod", "namespace"].includes(label);
  return name.startsWith("DCGM_") && DCGM_LABELS.has(label);
}
const DCGM_LABELS = new Set(
  "gpu UUID pci_bus_id device modelName Hostname hostname DCGM_FI_DRIVER_VERSION GPU_I_PROFILE GPU_I_ID container namespace pod vgpu dra_claim_name dra_claim_namespace dra_device_name dra_driver_name dra_pool_name".split(
    " ",
  ),
);
