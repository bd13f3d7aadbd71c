import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import {
  aCronJob,
  aJob,
  aJobSpec,
  anApiResource,
  aPod,
  aResourceSlice,
  aService,
  aSnapshot,
  aTemplate,
  aVersion,
  aVolume,
  aVolumeClaim,
  aWorkload,
  type PartValues,
  servedByDefault,
} from "../../testing/builders/index.ts";
import { aContainer } from "../../testing/builders/objects.ts";
import { FEATURE_CHECKS } from "../features/checks/index.ts";
import { configSchema } from "./config-schemas.ts";
import { compileCel, devicePlace, mutationPlace } from "./fixtures/kubernetes-cel.ts";
import { manifestFor } from "./manifest-for.ts";
import type { ManifestDocument } from "./manifest-types.ts";
import { checkSchema, type SchemaSet } from "./schema-check.ts";

type OpenApi = { readonly kinds: Readonly<Record<string, string>>; readonly schemas: SchemaSet };
const OPEN_API = Object.fromEntries(
  [
    ["1.31", "1.31.14"],
    ["1.34", "1.34.9"],
    ["1.36", "1.36.2"],
  ].map(([minor, version]) => {
    const file = new URL(`fixtures/openapi-${version}.json.gz`, import.meta.url);
    return [minor, JSON.parse(gunzipSync(readFileSync(file)).toString("utf8")) as OpenApi];
  }),
);

/** Parses every YAML document and checks it against the API of that minor or the strict schema of its file format. */
function errorsOf(document: ManifestDocument, minor: string): string[] {
  if (document.format === "flags") {
    const lines = document.text.trim().split("\n");
    return lines.filter((line) => !/^#|^--[a-z-]+=\S+$/.test(line)).map((line) => `not a flag: ${line}`);
  }
  return parseAllDocuments(document.text).flatMap((parsed) => {
    if (parsed.errors.length > 0) return parsed.errors.map((error) => error.message);
    const value: unknown = parsed.toJS();
    const { format } = document;
    if (format === "kubelet-config" || format === "apiserver-config" || format === "credential-provider-config") {
      return checkSchema(value, configSchema(format, minor), {});
    }
    const { apiVersion, kind } = value as { apiVersion: string; kind: string };
    const api = OPEN_API[minor];
    const name = api?.kinds[`${apiVersion} ${kind}`];
    const schema = name === undefined ? undefined : api?.schemas[name];
    if (api === undefined || schema === undefined) return [`${apiVersion} ${kind} is not in the API of ${minor}`];
    return checkSchema(value, schema, api.schemas, document.format === "patch");
  });
}

type Expression = { readonly text: string; readonly place: "device" | "mutation" };

/** Every CEL expression of a document, with the place where it stands. */
function expressionsOf(document: ManifestDocument): Expression[] {
  const found: Expression[] = [];
  const visit = (value: unknown, path: readonly string[]): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, own] of Object.entries(value)) {
      if (key === "expression" && typeof own === "string")
        found.push({ text: own, place: path.at(-1) === "cel" ? "device" : "mutation" });
      else visit(own, [...path, key]);
    }
  };
  if (document.format !== "flags") for (const parsed of parseAllDocuments(document.text)) visit(parsed.toJS(), []);
  return found;
}

function placeOf(place: Expression["place"], minor: string) {
  if (place === "device") return devicePlace();
  const api = OPEN_API[minor];
  const schema = api?.schemas[api.kinds["v1 ConfigMap"] ?? ""];
  if (api === undefined || schema === undefined) throw new Error(`no schema of ConfigMaps for ${minor}`);
  return mutationPlace(schema, api.schemas);
}

const nasty = 'x"\n  evil: true #';
const parts: PartValues = {
  services: [aService({ name: "web" })],
  workloads: [
    aWorkload({
      template: aTemplate({
        topologySpreadKeys: [],
        containers: [aContainer(), aContainer({ name: "envoy", image: "x/envoy:1" })],
        initContainers: [aContainer({ name: "setup" })],
        appArmorAnnotations: { main: "runtime/default", setup: "localhost/tight" },
      }),
    }),
  ],
  cronJobs: [
    aCronJob({
      name: "nightly",
      jobSpec: aJobSpec({
        template: aTemplate({ restartPolicy: "Never", appArmorAnnotations: { main: "unconfined" } }),
      }),
    }),
  ],
  jobs: [aJob({ spec: aJobSpec({ completionMode: "Indexed" }) })],
  pods: [aPod()],
  resourceSlices: [aResourceSlice()],
  volumes: [aVolume()],
  volumeClaims: [aVolumeClaim()],
};

describe("manifests", () => {
  for (const minor of ["1.31", "1.34", "1.36"]) {
    it.each(FEATURE_CHECKS.map((check) => check.id))(`%s fits the API of ${minor}`, (feature) => {
      const manifest = manifestFor(feature, aSnapshot({ ...parts, version: aVersion(minor) }));
      if (!("documents" in manifest)) {
        expect(["nothing-to-do", "no-api", "not-available", "upgrade-first"]).toContain(manifest.because);
        return;
      }
      for (const document of manifest.documents) {
        expect(errorsOf(document, minor), `${feature} ${document.fileName}\n${document.text}`).toEqual([]);
        expect(document.text.startsWith("#"), `${document.fileName} explains itself`).toBe(true);
      }
    });
  }

  const settled = {
    "authorize-with-selectors": "nothing-to-do",
    "pv-last-phase-transition": "nothing-to-do",
    "cpu-burst": "no-api",
  };
  it.each([
    // What the versions of the demo's clusters leave without a next step, and why; everything else has one.
    [
      "1.31",
      {
        "dynamic-resource-allocation": "upgrade-first",
        "pressure-stall-information": "not-available",
        "mutating-admission-policy": "not-available",
        "service-account-image-pull-tokens": "not-available",
        "pv-last-phase-transition": "nothing-to-do",
        "cpu-burst": "no-api",
      },
    ],
    ["1.34", { "pressure-stall-information": "nothing-to-do", ...settled }],
    ["1.36", { "pressure-stall-information": "nothing-to-do", ...settled }],
  ])("gives every feature of %s its next step, or the reason for none", (minor, expected) => {
    const none = FEATURE_CHECKS.flatMap((check) => {
      const manifest = manifestFor(check.id, aSnapshot({ ...parts, version: aVersion(minor) }));
      return "documents" in manifest ? [] : [[check.id, manifest.because]];
    });
    expect(Object.fromEntries(none)).toEqual(expected);
  });

  it.each(["1.32", "1.33", "1.35", "1.37"])("fits files and flags to %s too, whose API was not recorded", (minor) => {
    const documents = FEATURE_CHECKS.flatMap((check) => {
      const manifest = manifestFor(check.id, aSnapshot({ ...parts, version: aVersion(minor) }));
      return "documents" in manifest ? manifest.documents : [];
    });
    const files = documents.filter(({ format }) => format !== "api-object" && format !== "patch");
    expect(files.length).toBeGreaterThan(2);
    for (const document of files) expect(errorsOf(document, minor), document.text).toEqual([]);
    for (const document of documents) if (document.format !== "flags") parseAllDocuments(document.text);
  });

  it.each([
    ["1.32", []],
    ["1.33", ["serviceAccountTokenAudience", "requireServiceAccount"]],
    ["1.34", ["serviceAccountTokenAudience", "cacheType", "requireServiceAccount"]],
    ["1.36", ["serviceAccountTokenAudience", "cacheType", "requireServiceAccount"]],
  ])("writes the token attributes that a kubelet of %s knows, and its gate where it is alpha", (minor, keys) => {
    const manifest = manifestFor("service-account-image-pull-tokens", aSnapshot({ version: aVersion(minor) }));
    const documents = "documents" in manifest ? manifest.documents : [];
    const [file] = documents;
    const config = file === undefined ? null : parseAllDocuments(file.text)[0]?.toJS();
    expect(Object.keys(config?.providers[0].tokenAttributes ?? {})).toEqual(keys);
    const gates = documents.filter(({ text }) => text.includes("KubeletServiceAccountTokenForCredentialProviders"));
    expect(gates.map(({ format }) => format)).toEqual(minor === "1.33" ? ["kubelet-config", "flags"] : []);
  });

  it.each([
    ["1.32", "serviceAccountTokenAudience: a\n      requireServiceAccount: true", "unknown field tokenAttributes"],
    [
      "1.33",
      "serviceAccountTokenAudience: a\n      requireServiceAccount: true\n      cacheType: Token",
      "unknown field",
    ],
    ["1.34", "serviceAccountTokenAudience: a\n      requireServiceAccount: true", "lacks cacheType"],
    ["1.36", "serviceAccountTokenAudience: a\n      requireServiceAccount: true\n      cacheType: Pod", "cacheType"],
  ])("would notice token attributes that a kubelet of %s refuses", (minor, attributes, problem) => {
    const text = `apiVersion: kubelet.config.k8s.io/v1
kind: CredentialProviderConfig
providers:
  - name: a
    matchImages: ["a"]
    defaultCacheDuration: 10m
    apiVersion: credentialprovider.kubelet.k8s.io/v1
    tokenAttributes:
      ${attributes}
`;
    const errors = errorsOf({ fileName: "a.yaml", format: "credential-provider-config", text }, minor);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(problem);
  });

  it("follows the versions that the cluster serves", () => {
    const text = (feature: string, snapshot = aSnapshot(parts)) => {
      const manifest = manifestFor(feature, snapshot);
      return "documents" in manifest
        ? manifest.documents.map((document) => document.text).join("\n")
        : manifest.because;
    };
    const beta = [
      ...servedByDefault(),
      anApiResource("admissionregistration.k8s.io", "v1beta1", "mutatingadmissionpolicies"),
    ];
    expect(text("mutating-admission-policy")).toContain("--runtime-config=admissionregistration.k8s.io/v1beta1=true");
    const policy = manifestFor("mutating-admission-policy", aSnapshot({ apiResources: beta }));
    if (!("documents" in policy)) throw new Error("a manifest is due");
    expect(policy.documents.flatMap((document) => errorsOf(document, "1.34"))).toEqual([]);
    const oldDra = [anApiResource("resource.k8s.io", "v1beta1", "resourceclaims")];
    const flat = manifestFor("dynamic-resource-allocation", aSnapshot({ apiResources: oldDra }));
    if (!("documents" in flat)) throw new Error("a manifest is due");
    expect(flat.documents[0]?.text).not.toContain("exactly");
    expect(flat.documents.flatMap((document) => errorsOf(document, "1.34"))).toEqual([]);
    expect(text("traffic-distribution")).toContain("PreferSameZone");
    expect(text("traffic-distribution", aSnapshot({ version: aVersion("1.33") }))).toContain("PreferClose");
    expect(text("service-account-image-pull-tokens", aSnapshot({ version: aVersion("1.33") }))).not.toContain(
      "cacheType",
    );
  });

  it("turns on again what is served by default and was turned off, instead of saying that nothing is left to do", () => {
    const apiResources = servedByDefault().filter(({ group }) => group !== "resource.k8s.io");
    const text = (minor: string) => {
      const manifest = manifestFor(
        "dynamic-resource-allocation",
        aSnapshot({ apiResources, version: aVersion(minor) }),
      );
      if (!("documents" in manifest)) throw new Error(`a step is due at ${minor}`);
      expect(manifest.documents.flatMap((document) => errorsOf(document, minor))).toEqual([]);
      return manifest.documents.map((document) => document.text).join("\n");
    };
    expect(text("1.34")).toContain("--feature-gates=DynamicResourceAllocation=true");
    // Locked on from 1.35: naming the gate would be noise.
    expect(text("1.36")).not.toContain("--feature-gates");
    expect(text("1.36")).toContain("--runtime-config=resource.k8s.io/v1=true");
  });

  it("keeps names from the cluster inside their quotes", () => {
    const hostile = aSnapshot({
      services: [aService({ name: nasty })],
      workloads: [
        aWorkload({ name: nasty, template: aTemplate({ appArmorAnnotations: { main: `localhost/${nasty}` } }) }),
      ],
    });
    for (const feature of ["traffic-distribution", "app-armor-fields", "autoscaling-on-pressure"]) {
      const manifest = manifestFor(feature, hostile);
      if (!("documents" in manifest)) throw new Error("a manifest is due");
      for (const document of manifest.documents) expect(errorsOf(document, "1.34")).toEqual([]);
      expect(JSON.stringify(parseAllDocuments(manifest.documents[0]?.text ?? "")[0]?.toJS())).not.toContain('"evil":');
    }
  });

  it.each(["1.34", "1.36"])("writes CEL that compiles with what Kubernetes %s declares at its place", (minor) => {
    const beta = anApiResource("admissionregistration.k8s.io", "v1beta1", "mutatingadmissionpolicies");
    const api = { apiResources: [...servedByDefault(), ...(minor === "1.34" ? [beta] : [])] };
    const snapshot = aSnapshot({ ...parts, ...(minor === "1.34" ? api : {}), version: aVersion(minor) });
    const documents = FEATURE_CHECKS.flatMap((check) => {
      const manifest = manifestFor(check.id, snapshot);
      return "documents" in manifest ? manifest.documents : [];
    });
    const expressions = documents.flatMap(expressionsOf);
    expect(expressions).toEqual([
      { text: 'device.driver == "gpu.example.com"', place: "device" },
      { text: 'Object{metadata: Object.metadata{labels: {"managed": "yes"}}}', place: "mutation" },
    ]);
    for (const { text, place } of expressions) {
      const compiled = compileCel(text, placeOf(place, minor));
      expect(compiled.errors, text).toEqual([]);
      // A selector says yes or no; a mutation gives the object that is applied.
      expect(compiled.type).toBe(place === "device" ? "bool" : "Object");
    }
    const chosen = (driver: string) =>
      compileCel(expressions[0]?.text ?? "", devicePlace(), { device: { driver } }).value;
    expect([chosen("gpu.example.com"), chosen("other.example.com")]).toEqual([true, false]);
  });

  it.each([
    ["device", 'device.driver == "x'],
    ["device", 'device.drivr == "x"'],
    ["device", 'devise.driver == "x"'],
    ["device", "device.driver.isFast()"],
    ["device", "device.driver + 1"],
    ["mutation", 'Object{metadta: Object.metadata{labels: {"a": "b"}}}'],
    ["mutation", 'Object{metadata: Object.meta{labels: {"a": "b"}}}'],
    ["mutation", 'Object{metadata: Object.metadata{labels: "a"}}'],
    ["mutation", "device.driver"],
  ] as const)("would notice that CEL at a %s does not compile: %s", (place, text) => {
    expect(compileCel(text, placeOf(place, "1.36")).errors).toHaveLength(1);
  });

  it("would notice a misspelt field and an API that the minor lacks", () => {
    const object = (text: string): ManifestDocument => ({ fileName: "x.yaml", format: "patch", text });
    const job =
      "apiVersion: batch/v1\nkind: Job\nspec:\n  template:\n    spec:\n      containers:\n        - name: a\n          imgae: b\n";
    expect(errorsOf(object(job), "1.34")).toEqual(["$.spec.template.spec.containers[0]: has the unknown field imgae"]);
    const policy = "apiVersion: admissionregistration.k8s.io/v1\nkind: MutatingAdmissionPolicy\n";
    expect(errorsOf(object(policy), "1.34")).toHaveLength(1);
    expect(errorsOf(object(policy), "1.36")).toEqual([]);
  });

  it("offers a gate's switch where it is off and can be changed", () => {
    const manifest = manifestFor("gate:ClusterTrustBundle", aSnapshot());
    expect(manifest).toMatchObject({
      documents: [{ format: "flags", text: expect.stringContaining("--feature-gates=ClusterTrustBundle=true") }],
    });
    const kubelet = manifestFor("gate:PodLevelResources", aSnapshot({ version: aVersion("1.33") }));
    if (!("documents" in kubelet)) throw new Error("a manifest is due");
    for (const document of kubelet.documents) expect(errorsOf(document, "1.33")).toEqual([]);
    expect(manifestFor("gate:KubeletTracing", aSnapshot())).toMatchObject({ because: "nothing-to-do" });
    expect(manifestFor("nope", aSnapshot())).toMatchObject({ because: "no-such-feature" });
    expect(manifestFor("node-swap", aSnapshot({}, { version: "unreachable" }))).toMatchObject({
      because: "version-unknown",
    });
  });
});

describe("the schema check", () => {
  const schema = {
    type: "object",
    required: ["a"],
    properties: { a: { type: "integer" }, b: { type: "array", items: { type: "string" } } },
  };
  it.each([
    [{ a: 1 }, []],
    [{ a: 1, c: 2 }, ["$: has the unknown field c"]],
    [{ b: ["x"] }, ["$: lacks a"]],
    [{ a: "1" }, ["$.a: is not an integer"]],
    [{ a: 1, b: [2] }, ["$.b[0]: is not a string"]],
  ])("%j", (value, errors) => {
    expect(checkSchema(value, schema, {})).toEqual(errors);
  });
  it("refuses misspelt kubelet fields", () => {
    const value = {
      apiVersion: "kubelet.config.k8s.io/v1beta1",
      kind: "KubeletConfiguration",
      memorySwap: { swapBehaviour: "LimitedSwap" },
    };
    expect(checkSchema(value, configSchema("kubelet-config", "1.34"), {})).toEqual([
      "$.memorySwap: has the unknown field swapBehaviour",
    ]);
  });
});
