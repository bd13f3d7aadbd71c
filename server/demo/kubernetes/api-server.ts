import type { IncomingMessage, ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { apiserverFamilies } from "../exporters/control-plane.ts";
import { type Family, renderPage } from "../exposition.ts";
import type { DemoCluster } from "../fleet/types.ts";
import { aggregatedDiscovery, legacyDiscovery, resourceList } from "./discovery.ts";
import { KubeletPages, kubeletFlags } from "./kubelet-pages.ts";
import { type JsonObject, resourceVersionAt } from "./object.ts";
import { type DemoResource, minorNumber, resourcesOf } from "./resources.ts";

/** Objects are rebuilt this often, so heartbeats and restart counts follow the clock. */
const REBUILD_SECONDS = 300;
/** Below this a real API server does not compress either. */
const GZIP_FROM_BYTES = 128 * 1024;

export type ApiServerOptions = {
  readonly cluster: DemoCluster;
  readonly anchor: number;
  readonly token: string;
  readonly nowSeconds: () => number;
};

type Answer = {
  readonly status: number;
  readonly type: string;
  readonly body: string;
};

const HEALTH_PATHS = new Set(["/livez", "/readyz", "/healthz"]);
const PUBLIC_PATHS = new Set([...HEALTH_PATHS, "/version"]);

/** Answers as the cluster's kube-apiserver: discovery, lists, refusals, metrics and the node proxy. */
export class DemoApiServer {
  private readonly options: ApiServerOptions;
  private readonly items = new Map<string, { readonly builtAt: number; readonly objects: readonly JsonObject[] }>();
  private readonly kubelets = new Map<string, KubeletPages>();
  private metricFamilies: readonly Family[] | null = null;
  private kubeletPort = 10_250;

  constructor(options: ApiServerOptions) {
    this.options = options;
  }

  /** Nodes say where their kubelets listen; known once those are up. */
  setKubeletPort(port: number): void {
    this.kubeletPort = port;
    this.items.clear();
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    const url = new URL(request.url ?? "/", "http://demo");
    const answer = this.answer(
      request.method ?? "GET",
      url,
      request.headers.accept ?? "",
      request.headers.authorization,
    );
    send(request, response, answer);
  }

  answer(method: string, url: URL, accept: string, authorization: string | undefined): Answer {
    const refused = this.refuse(url.pathname, authorization);
    if (refused !== null) return refused;
    if (method !== "GET" && method !== "HEAD") {
      return statusAnswer(403, "Forbidden", `User "sluice-collector" cannot ${method.toLowerCase()} here`);
    }
    return this.route(url, accept);
  }

  /** Authentication and what nobody may do; `null` = go on. */
  private refuse(path: string, authorization: string | undefined): Answer | null {
    const { cluster, token } = this.options;
    if (authorization !== undefined) {
      return authorization === `Bearer ${token}` ? null : statusAnswer(401, "Unauthorized", "Unauthorized");
    }
    switch (cluster.anonymous) {
      case "reads-everything":
        return null;
      case "restricted":
        return HEALTH_PATHS.has(path) ? null : statusAnswer(401, "Unauthorized", "Unauthorized");
      case "refused":
        return PUBLIC_PATHS.has(path)
          ? null
          : statusAnswer(403, "Forbidden", `forbidden: User "system:anonymous" cannot get path "${path}"`, {});
      default:
        return cluster.anonymous satisfies never;
    }
  }

  private route(url: URL, accept: string): Answer {
    const { cluster } = this.options;
    const path = url.pathname.replace(/\/+$/, "");
    if (HEALTH_PATHS.has(path)) return { status: 200, type: "text/plain; charset=utf-8", body: "ok" };
    if (path === "/version") return json(200, versionOf(cluster));
    if (path === "/metrics") return this.metrics();
    if (path === "/flagz") return flagsAnswer(cluster, accept);
    if (path === "/api" || path === "/apis") return discoveryAnswer(cluster, path, accept);
    const proxied = /^\/api\/v1\/nodes\/([^/]+)\/proxy(\/.*)?$/.exec(path);
    if (proxied !== null) return this.proxy(proxied[1] ?? "", proxied[2] ?? "/", accept);
    const group = /^\/(?:api\/(v1)|apis\/([^/]+\/[^/]+))(?:\/(.*))?$/.exec(path);
    if (group === null) return notFoundText();
    const list = resourceList(cluster, group[1] ?? group[2] ?? "");
    if (list === null) return notFoundText();
    if (group[3] === undefined) return json(200, list);
    return this.resource(group[1] ?? group[2] ?? "", group[3], url, accept);
  }

  private metrics(): Answer {
    const { cluster, anchor, nowSeconds } = this.options;
    if (cluster.forbidden.includes("nonresource/metrics")) {
      return statusAnswer(403, "Forbidden", 'forbidden: User "sluice-collector" cannot get path "/metrics"', {});
    }
    this.metricFamilies ??= apiserverFamilies(cluster, anchor);
    return {
      status: 200,
      type: "text/plain; version=0.0.4; charset=utf-8; escaping=underscores",
      body: renderPage(this.metricFamilies, nowSeconds()),
    };
  }

  private proxy(name: string, path: string, accept: string): Answer {
    const { cluster } = this.options;
    if (cluster.kubeletAccess !== "proxy") {
      return statusAnswer(
        403,
        "Forbidden",
        `nodes "${name}" is forbidden: User "sluice-collector" cannot get resource "nodes/proxy" in API group "" at the cluster scope`,
        { name, kind: "nodes" },
      );
    }
    return this.kubelet(name, path, accept);
  }

  /** A page of a node's kubelet; direct kubelets answer through this too. */
  kubelet(name: string, path: string, accept: string): Answer {
    const { cluster, nowSeconds } = this.options;
    const node = cluster.nodes.find((one) => one.name === name);
    if (node === undefined) return statusAnswer(404, "NotFound", `nodes "${name}" not found`, { name, kind: "nodes" });
    if (path === "/flagz") {
      if (minorNumber(node.kubeletMinor) < 36) return notFoundText();
      if (!accept.includes("as=Flagz"))
        return { status: 406, type: "text/plain; charset=utf-8", body: "Not Acceptable" };
      return json(200, kubeletFlags(node));
    }
    const known = this.kubelets.get(name) ?? new KubeletPages(cluster, node);
    this.kubelets.set(name, known);
    const page = known.read(path, nowSeconds());
    return page === null ? notFoundText() : { status: 200, ...page };
  }

  private resource(groupVersion: string, rest: string, url: URL, accept: string): Answer {
    const { cluster } = this.options;
    const parts = rest.split("/");
    const isScoped = parts[0] === "namespaces" && parts.length >= 3;
    const namespace = isScoped ? (parts[1] ?? null) : null;
    const [plural = "", name] = isScoped ? parts.slice(2) : parts;
    const resource = resourcesOf(cluster).find(
      (one) =>
        one.resource === plural && (one.group === "" ? one.version : `${one.group}/${one.version}`) === groupVersion,
    );
    if (resource === undefined) {
      return statusAnswer(404, "NotFound", "the server could not find the requested resource", {});
    }
    if (cluster.forbidden.includes(`${resource.group === "" ? "core" : resource.group}/${plural}`)) {
      return statusAnswer(
        403,
        "Forbidden",
        `${plural}${resource.group === "" ? "" : `.${resource.group}`} is forbidden: User "sluice-collector" cannot list resource "${plural}" in API group "${resource.group}" at the cluster scope`,
        { ...(resource.group === "" ? {} : { group: resource.group }), kind: plural },
      );
    }
    const objects = this.objectsOf(resource).filter(
      (object) => namespace === null || metadataOf(object).namespace === namespace,
    );
    if (name !== undefined) {
      const found = objects.find((object) => metadataOf(object).name === name);
      if (found === undefined)
        return statusAnswer(404, "NotFound", `${plural} "${name}" not found`, { name, kind: plural });
      return json(200, { kind: resource.kind, apiVersion: groupVersion, ...found });
    }
    return this.list(resource, groupVersion, objects, url, accept);
  }

  private objectsOf(resource: DemoResource): readonly JsonObject[] {
    const { cluster, nowSeconds } = this.options;
    const seconds = nowSeconds();
    const builtAt = seconds - (seconds % REBUILD_SECONDS);
    const key = `${resource.group}/${resource.resource}`;
    const known = this.items.get(key);
    if (known !== undefined && known.builtAt === builtAt) return known.objects;
    const objects = resource.objects({ cluster, kubeletPort: this.kubeletPort, seconds });
    this.items.set(key, { builtAt, objects });
    return objects;
  }

  private list(
    resource: DemoResource,
    groupVersion: string,
    objects: readonly JsonObject[],
    url: URL,
    accept: string,
  ): Answer {
    const selected = selectByFields(objects, url.searchParams.get("fieldSelector"));
    const start = parseContinue(url.searchParams.get("continue"));
    if (start === null) {
      return statusAnswer(400, "BadRequest", "invalid continue token: continue key is not valid: invalid character");
    }
    const limit = Number(url.searchParams.get("limit") ?? "0");
    const end = limit > 0 ? Math.min(selected.length, start.offset + limit) : selected.length;
    const resourceVersion = start.resourceVersion ?? resourceVersionAt(this.options.nowSeconds());
    const remaining = selected.length - end;
    const metadata: JsonObject = {
      resourceVersion,
      ...(remaining === 0
        ? {}
        : {
            continue: continueToken(resourceVersion, end),
            ...(url.searchParams.has("fieldSelector") ? {} : { remainingItemCount: remaining }),
          }),
    };
    const page = selected.slice(start.offset, end);
    if (accept.includes("as=PartialObjectMetadataList")) {
      return json(200, {
        kind: "PartialObjectMetadataList",
        apiVersion: "meta.k8s.io/v1",
        metadata,
        items: page.map((object) => ({
          kind: "PartialObjectMetadata",
          apiVersion: "meta.k8s.io/v1",
          metadata: object.metadata ?? {},
        })),
      });
    }
    return json(200, { kind: `${resource.kind}List`, apiVersion: groupVersion, metadata, items: page });
  }
}

function metadataOf(object: JsonObject): JsonObject {
  const { metadata } = object;
  return typeof metadata === "object" && metadata !== null && !Array.isArray(metadata) ? metadata : {};
}

/** `spec.nodeName=a,metadata.namespace=b`: equality on text fields is all that collectors use. */
function selectByFields(objects: readonly JsonObject[], selector: string | null): readonly JsonObject[] {
  if (selector === null || selector === "") return objects;
  const terms = selector.split(",").map((term) => {
    const isNegated = term.includes("!=");
    const [path = "", value = ""] = term.split(isNegated ? "!=" : /==?/);
    return { path: path.split("."), value, isNegated };
  });
  return objects.filter((object) =>
    terms.every(({ path, value, isNegated }) => {
      let at: JsonObject[string] | undefined = object;
      for (const key of path) {
        at = typeof at === "object" && at !== null && !Array.isArray(at) ? at[key] : undefined;
      }
      return (at === undefined ? "" : String(at)) === value ? !isNegated : isNegated;
    }),
  );
}

function continueToken(resourceVersion: string, offset: number): string {
  return Buffer.from(
    JSON.stringify({ v: "meta.k8s.io/v1", rv: Number(resourceVersion), start: `${offset}\u0000` }),
  ).toString("base64url");
}

function parseContinue(token: string | null): { offset: number; resourceVersion: string | null } | null {
  if (token === null || token === "") return { offset: 0, resourceVersion: null };
  try {
    const parsed: unknown = JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
    if (typeof parsed !== "object" || parsed === null || !("start" in parsed) || !("rv" in parsed)) return null;
    const offset = Number.parseInt(String(parsed.start), 10);
    return Number.isFinite(offset) ? { offset, resourceVersion: String(parsed.rv) } : null;
  } catch {
    return null;
  }
}

function discoveryAnswer(cluster: DemoCluster, root: "/api" | "/apis", accept: string): Answer {
  if (accept.includes("as=APIGroupDiscoveryList") && accept.includes("v=v2;")) {
    return {
      status: 200,
      type: "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
      body: `${JSON.stringify(aggregatedDiscovery(cluster, root))}\n`,
    };
  }
  return json(200, legacyDiscovery(cluster, root, "127.0.0.1"));
}

/** `/flagz` answers where its gate is on by default (1.36), to those who ask for the structured form. */
function flagsAnswer(cluster: DemoCluster, accept: string): Answer {
  if (minorNumber(cluster.minor) < 36) return notFoundText();
  if (!accept.includes("as=Flagz")) return { status: 406, type: "text/plain; charset=utf-8", body: "Not Acceptable" };
  return json(200, {
    kind: "Flagz",
    apiVersion: "config.k8s.io/v1beta1",
    metadata: { name: "apiserver" },
    flags: {
      "anonymous-auth": "true",
      "authorization-mode": "[Node RBAC]",
      "enable-admission-plugins": "[NodeRestriction]",
      "feature-gates": "",
      "runtime-config": "",
    },
  });
}

function versionOf(cluster: DemoCluster): JsonObject {
  const [major = "1", minor = "0"] = cluster.minor.split(".");
  return {
    major,
    minor,
    ...(minorNumber(cluster.minor) >= 33
      ? {
          emulationMajor: major,
          emulationMinor: minor,
          minCompatibilityMajor: major,
          minCompatibilityMinor: String(Number(minor) - 1),
        }
      : {}),
    gitVersion: cluster.version,
    gitCommit: cluster.uid.replaceAll("-", "").padEnd(40, "0"),
    gitTreeState: "clean",
    buildDate: "2026-09-10T08:11:04Z",
    goVersion: "go1.24.9",
    compiler: "gc",
    platform: "linux/amd64",
  };
}

function json(status: number, body: JsonObject): Answer {
  return { status, type: "application/json", body: `${JSON.stringify(body)}\n` };
}

function statusAnswer(code: number, reason: string, message: string, details?: JsonObject): Answer {
  return json(code, {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message,
    reason,
    ...(details === undefined ? {} : { details }),
    code,
  });
}

function notFoundText(): Answer {
  return { status: 404, type: "text/plain; charset=utf-8", body: "404 page not found\n" };
}

/** Compresses what is large when the client can read it. */
export function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const raw = Buffer.from(answer.body, "utf8");
  const acceptsGzip = String(request.headers["accept-encoding"] ?? "").includes("gzip");
  const body = acceptsGzip && raw.byteLength >= GZIP_FROM_BYTES ? gzipSync(raw, { level: 1 }) : raw;
  response.writeHead(answer.status, {
    "content-type": answer.type,
    "content-length": body.byteLength,
    "cache-control": "no-cache, private",
    ...(body === raw ? {} : { "content-encoding": "gzip" }),
  });
  response.end(request.method === "HEAD" ? undefined : body);
}
