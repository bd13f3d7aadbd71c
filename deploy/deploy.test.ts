import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { ROLE_FILES, toRoleFile, toRules } from "../scripts/write-cluster-roles.ts";
import { API_CALLS } from "../server/collect/kubernetes/api-calls.ts";
import { loadConfig } from "../server/config.ts";
import { rightOf } from "../server/contract/rights.ts";
import { checkSchema, type SchemaSet } from "../server/domain/manifests/schema-check.ts";
import { idOf, type Manifest, readManifests, renderKustomization } from "./render.ts";

const HERE = import.meta.dirname;
const FOLDERS = [
  "base",
  ...["rbac", "overlays"].flatMap((parent) => readdirSync(join(HERE, parent)).map((name) => `${parent}/${name}`)),
];
const VERSIONS = ["1.31.14", "1.34.9", "1.36.2"];

type OpenApi = { readonly kinds: Readonly<Record<string, string>>; readonly schemas: SchemaSet };
function openApi(version: string): OpenApi {
  return JSON.parse(gunzipSync(readFileSync(join(HERE, "fixtures", `openapi-${version}.json.gz`))).toString("utf8"));
}
function at(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown> | undefined)?.[key], value);
}
function listAt(value: unknown, ...path: (string | number)[]): unknown[] {
  const list = at(value, ...path);
  return Array.isArray(list) ? list : [];
}
const ofKind = (manifests: readonly Manifest[], kind: string) => manifests.filter((one) => one.kind === kind);
const podOf = (deployment: unknown) => at(deployment, "spec", "template", "spec");

/** Custom resources are not in the recorded OpenAPI; the one that is used has its few fields checked here. */
function errorsOfServiceMonitor(manifest: Manifest): string[] {
  const endpoints = listAt(manifest, "spec", "endpoints");
  const isKnown = endpoints.length > 0 && endpoints.every((one) => typeof at(one, "port") === "string");
  return isKnown && at(manifest, "spec", "selector", "matchLabels") !== undefined
    ? []
    : ["lacks selector or endpoints"];
}

describe("ClusterRoles", () => {
  it.each(ROLE_FILES.map((role) => [role.file, role] as const))(
    "%s is what the collector calls (else run scripts/write-cluster-roles.ts)",
    (file, role) => expect(readFileSync(join(HERE, "rbac", file), "utf8")).toBe(toRoleFile(role)),
  );

  it("grant each call, and nothing that is not called", () => {
    for (const { when, file } of ROLE_FILES) {
      const granted = readManifests(join(HERE, "rbac", file)).flatMap((role) =>
        listAt(role, "rules").flatMap((rule) =>
          listAt(rule, "verbs").flatMap((verb) => [
            ...listAt(rule, "resources").map((resource) => `${verb} ${at(rule, "apiGroups", 0)}/${resource}`),
            ...listAt(rule, "nonResourceURLs").map((path) => `${verb} ${path}`),
          ]),
        ),
      );
      const called = API_CALLS.filter((call) => when.includes(call.when)).flatMap((call) =>
        call.verbs.map((verb) =>
          call.kind === "resource" ? `${verb} ${call.group}/${call.resource}` : `${verb} ${call.path}`,
        ),
      );
      expect(granted.sort()).toEqual([...new Set(called)].sort());
    }
  });

  it("never write, never name Secrets, and keep nodes/proxy to the one role that says so", () => {
    for (const { when, file } of ROLE_FILES) {
      const rules = toRules(when);
      expect(rules.flatMap((rule) => rule.verbs).filter((verb) => verb !== "get" && verb !== "list")).toEqual([]);
      const resources = rules.flatMap((rule) => rule.resources ?? []);
      expect(resources).not.toContain("secrets");
      expect(resources.includes("nodes/proxy")).toBe(file.startsWith("node-proxy/"));
    }
  });
});

describe.each(FOLDERS)("manifests of %s", (folder) => {
  const manifests = renderKustomization(join(HERE, folder));

  it.each(VERSIONS)("are valid on Kubernetes %s", (version) => {
    const { kinds, schemas } = openApi(version);
    const errors = manifests.flatMap((manifest) => {
      if (manifest.kind === "ServiceMonitor") return errorsOfServiceMonitor(manifest);
      const schema = schemas[kinds[`${manifest.apiVersion} ${manifest.kind}`] ?? ""];
      if (schema === undefined) return [`${idOf(manifest)} is not in the API`];
      return checkSchema(manifest, schema, schemas).map((error) => `${idOf(manifest)} ${error}`);
    });
    expect(errors).toEqual([]);
  });

  it("name each object once, and refer to accounts and roles that are there or bound elsewhere", () => {
    expect(new Set(manifests.map(idOf)).size).toBe(manifests.length);
    for (const binding of ofKind(manifests, "ClusterRoleBinding")) {
      const role = at(binding, "roleRef", "name");
      expect(manifests.map(idOf)).toContain(`ClusterRole/${role}`);
      expect(at(binding, "subjects", 0, "namespace")).toBe("sluice");
    }
  });

  it("run without root, without a writable root and without spare rights", () => {
    for (const deployment of ofKind(manifests, "Deployment")) {
      const pod = podOf(deployment);
      expect(pod).toMatchObject({
        securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
      });
      for (const container of listAt(pod, "containers")) {
        expect(container).toMatchObject({
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
          resources: { requests: { cpu: expect.any(String) }, limits: { memory: expect.any(String) } },
        });
      }
    }
  });

  it("select the pods they mean", () => {
    const labels = ofKind(manifests, "Deployment").map((one) => at(one, "spec", "template", "metadata", "labels"));
    for (const deployment of ofKind(manifests, "Deployment"))
      expect(at(deployment, "spec", "selector", "matchLabels")).toEqual(
        at(deployment, "spec", "template", "metadata", "labels"),
      );
    for (const budget of ofKind(manifests, "PodDisruptionBudget"))
      expect(labels).toContainEqual(at(budget, "spec", "selector", "matchLabels"));
    for (const policy of ofKind(manifests, "NetworkPolicy"))
      expect(labels).toContainEqual(at(policy, "spec", "podSelector", "matchLabels"));
    for (const service of ofKind(manifests, "Service")) expect(labels).toContainEqual(at(service, "spec", "selector"));
  });

  it("hold a configuration that Sluice accepts for the role that reads it", () => {
    const texts = ofKind(manifests, "ConfigMap").map((map) => String(at(map, "data", "sluice.yaml")));
    expect(texts).toHaveLength(folder.startsWith("rbac/") ? 0 : 1);
    for (const text of texts)
      expect(load(text, ["--role", "collector"]).clusters).toMatchObject([{ name: "this-cluster" }]);
  });
});

describe("the two roles", () => {
  const manifests = renderKustomization(join(HERE, "base"));
  const [collector, web] = ["sluice-collector", "sluice-web"].map((name) =>
    ofKind(manifests, "Deployment").find((one) => at(one, "metadata", "name") === name),
  );

  it("share the database by a Secret, and nothing else that is secret", () => {
    for (const deployment of [collector, web]) {
      expect(listAt(podOf(deployment), "containers", 0, "env")).toContainEqual({
        name: "DATABASE_URL",
        valueFrom: { secretKeyRef: { name: "sluice-postgres", key: "url" } },
      });
    }
    expect(JSON.stringify(web)).not.toContain("credentials");
    expect(podOf(web)).toMatchObject({ automountServiceAccountToken: false });
    expect(ofKind(manifests, "Secret")).toEqual([]);
  });

  it("ask the web role whether it lives and whether it is ready", () => {
    const container = at(podOf(web), "containers", 0);
    expect(listAt(container, "livenessProbe", "exec", "command").at(-1)).toBe("http://127.0.0.1:3000/api/healthz");
    expect(listAt(container, "readinessProbe", "exec", "command").at(-1)).toBe("http://127.0.0.1:3000/api/readyz");
  });

  it("start with the arguments that the program takes", () => {
    const text = String(at(ofKind(manifests, "ConfigMap")[0], "data", "sluice.yaml"));
    const args = (deployment: unknown) => listAt(podOf(deployment), "containers", 0, "args").map(String);
    expect(load(text, args(web))).toMatchObject({ role: "web", host: "127.0.0.1", port: 3000 });
    expect(load(text, args(collector))).toMatchObject({ role: "collector" });
  });
});

describe("a web role that signs people in", () => {
  const manifests = renderKustomization(join(HERE, "overlays/auth"));
  const web = ofKind(manifests, "Deployment").find((one) => at(one, "metadata", "name") === "sluice-web");

  it("is reached from outside its pod, which it accepts with this configuration and refuses without", () => {
    const text = String(at(ofKind(manifests, "ConfigMap")[0], "data", "sluice.yaml"));
    const args = listAt(podOf(web), "containers", 0, "args").map(String);
    const config = load(text, args);
    expect(config).toMatchObject({ role: "web", host: "0.0.0.0", publicUrl: "https://sluice.example.com" });
    expect(config.auth).not.toBeNull();
    const base = String(at(ofKind(renderKustomization(join(HERE, "base")), "ConfigMap")[0], "data", "sluice.yaml"));
    expect(() => load(base, args)).toThrow("without `auth`");
    expect(JSON.stringify(ofKind(manifests, "NetworkPolicy"))).toContain('"port":3000');
    const [service] = ofKind(manifests, "Service");
    expect(at(service, "spec", "ports", 0, "targetPort")).toBe(at(podOf(web), "containers", 0, "ports", 0, "name"));
  });

  it("is scraped with a token out of a Secret, and under a name that it answers to", () => {
    const [monitor] = ofKind(manifests, "ServiceMonitor");
    expect(listAt(monitor, "spec", "endpoints")).toMatchObject([
      {
        path: "/api/metrics",
        authorization: { type: "Bearer", credentials: { name: "sluice-metrics-token", key: "token" } },
      },
    ]);
    expect(ofKind(manifests, "Secret")).toEqual([]);
    const env = listAt(podOf(web), "containers", 0, "env");
    expect(env).toContainEqual({ name: "SLUICE_ALLOWED_HOSTS", value: "$(POD_IP)" });
    expect(rightOf({ id: "getMetrics", method: "GET" })).toBe("read");
  });
});

/** What Sluice makes of a configuration and arguments in a pod that has a database. */
function load(text: string, args: readonly string[]) {
  const directory = mkdtempSync(join(tmpdir(), "sluice-deploy-"));
  try {
    const file = join(directory, "sluice.yaml");
    writeFileSync(file, text);
    return loadConfig(args, { SLUICE_CONFIG: file, DATABASE_URL: "postgres://sluice@db/sluice" });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
