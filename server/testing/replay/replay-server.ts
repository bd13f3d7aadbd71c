import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type RecordedObject, recordedJson, recordedLists, recordedText } from "./recorded-cluster.ts";
import {
  type Answer,
  expired,
  json,
  kubelet,
  metrics,
  notFoundStatus,
  proxyUnavailable,
  replacement,
  send,
  statusAnswer,
  targetOf,
  text,
  unauthorized,
} from "./replay-answers.ts";
import {
  emptyList,
  isServedGroup,
  legacyResources,
  makeContinue,
  parseContinue,
  selectFields,
} from "./replay-lists.ts";
import type { Replay, ReplayFault, ReplayOptions, ReplayRequest, ReplayRule } from "./replay-options.ts";

export type { Replay, ReplayFault, ReplayOptions, ReplayRequest, ReplayRule } from "./replay-options.ts";

const TLS = join(import.meta.dirname, "tls");
const NODE_WITH_KUBELET = "real-node-a";
const REMEMBERED_REQUESTS = 20_000; // long runs ask for days; tests look at the newest

/**
 * The recorded control plane behind HTTPS: bearer token, paging, 410, gzip, 403, aggregated discovery, metrics pages, one
 * kubelet through the node proxy – and, on demand, whatever a bad day brings.
 */
export async function startReplay(options: ReplayOptions = {}): Promise<Replay> {
  const replay = new ReplayServer(options);
  await replay.listen(options.port ?? 0);
  return replay.handle();
}

class ReplayServer {
  readonly #options: ReplayOptions;
  readonly #server: Server;
  readonly #folder = mkdtempSync(join(tmpdir(), "sluice-replay-"));
  readonly #lists = new Map<string, string>();
  readonly #parsed = new Map<string, RecordedObject>();
  readonly #requests: ReplayRequest[] = [];
  readonly #rules: { rule: ReplayRule; left: number }[];
  readonly #toExpire: Set<string>;
  readonly #hanging = new Set<ServerResponse>();
  #token: string;
  #port = 0;

  constructor(options: ReplayOptions) {
    this.#options = options;
    this.#token = options.token ?? "recorded-token";
    this.#rules = (options.rules ?? []).map((rule) => ({ rule, left: rule.times ?? Number.POSITIVE_INFINITY }));
    this.#toExpire = new Set(options.expireOnce ?? []);
    for (const { path, file } of recordedLists()) this.#lists.set(path, file);
    this.#server = createServer(
      { key: readFileSync(join(TLS, "server.key")), cert: readFileSync(join(TLS, "server.crt")) },
      (request, response) => this.#handle(request, response),
    );
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, "127.0.0.1", resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port; // listening on TCP: never a pipe name
  }

  handle(): Replay {
    const url = `https://127.0.0.1:${this.#port}`;
    const caFile = join(TLS, "ca.crt");
    const tokenFile = join(this.#folder, "token");
    writeFileSync(tokenFile, `${this.#token}\n`, { mode: 0o600 });
    const kubeconfigFile = join(this.#folder, "kubeconfig");
    writeFileSync(kubeconfigFile, kubeconfig(url, caFile, this.#token), { mode: 0o600 });
    return {
      url,
      port: this.#port,
      token: this.#token,
      caFile,
      otherCaFile: join(TLS, "other-ca.crt"),
      tokenFile,
      kubeconfigFile,
      requests: this.#requests,
      addRule: (rule) => this.#rules.unshift({ rule, left: rule.times ?? Number.POSITIVE_INFINITY }),
      clearRules: () => this.#rules.splice(0),
      setToken: (token) => {
        this.#token = token;
      },
      stop: () => this.#stop(),
    };
  }

  async #stop(): Promise<void> {
    for (const response of this.#hanging) response.destroy();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? "/", "https://replay");
    const authorization = request.headers.authorization;
    const fault = this.#takeFault(`${url.pathname}${url.search}`);
    const answer = fault?.kind === "status" ? statusAnswer(fault) : this.#answer(request, url);
    const acceptsGzip = (request.headers["accept-encoding"] ?? "").includes("gzip");
    if (this.#requests.length >= REMEMBERED_REQUESTS) this.#requests.splice(0, REMEMBERED_REQUESTS / 2);
    this.#requests.push({
      path: url.pathname,
      query: url.search,
      hasToken: authorization !== undefined,
      authorization,
      accept: request.headers.accept,
      acceptsGzip,
      status: answer.status,
    });
    if (fault === null || fault.kind === "status") send(response, answer, acceptsGzip);
    else this.#misbehave(fault, response, answer, acceptsGzip);
  }

  #takeFault(target: string): ReplayFault | null {
    const found = this.#rules.find(
      ({ rule, left }) =>
        left > 0 && (typeof rule.path === "string" ? target.startsWith(rule.path) : rule.path.test(target)),
    );
    if (found === undefined) return null;
    found.left -= 1;
    return found.rule.fault;
  }

  #misbehave(
    fault: Exclude<ReplayFault, { kind: "status" }>,
    response: ServerResponse,
    answer: Answer,
    acceptsGzip: boolean,
  ): void {
    switch (fault.kind) {
      case "slow": {
        const timer = setTimeout(() => send(response, answer, acceptsGzip), fault.delayMs);
        response.on("close", () => clearTimeout(timer));
        break;
      }
      case "hang":
        this.#hanging.add(response);
        response.on("close", () => this.#hanging.delete(response));
        break;
      case "reset":
        response.socket?.destroy();
        break;
      case "truncated-gzip": {
        const packed = gzipSync(answer.body);
        response.writeHead(200, { "content-type": answer.contentType, "content-encoding": "gzip" });
        response.end(packed.subarray(0, Math.floor(packed.byteLength / 2)));
        break;
      }
      default:
        send(response, replacement(fault), acceptsGzip);
    }
  }

  #answer(request: IncomingMessage, url: URL): Answer {
    const path = url.pathname;
    const refusal = this.#refuse(request, path);
    if (refusal !== null) return refusal;
    const page = this.#options.pages?.[path];
    if (page !== undefined) return text(page);
    if (this.#options.role === "kubelet") return kubelet(path);
    if (path === "/api" || path === "/apis") return this.#discovery(path, request.headers.accept ?? "");
    if (path === "/version") return json(recordedText("version.json"));
    if (path === "/metrics") return metrics(recordedText("apiserver-metrics.txt"));
    if (path === "/livez" || path === "/healthz") return text(recordedText("livez.txt"));
    if (path === "/readyz") return text(recordedText("readyz.txt"));
    if (path === "/replay/controller-manager/metrics") return metrics(recordedText("kcm-metrics.txt"));
    if (path === "/replay/scheduler/metrics") return metrics(recordedText("scheduler-metrics.txt"));
    const proxied = /^\/api\/v1\/nodes\/([^/]+)\/proxy(\/.*)$/.exec(path);
    if (proxied !== null)
      return proxied[1] === NODE_WITH_KUBELET ? kubelet(proxied[2] ?? "/") : proxyUnavailable(proxied[1] ?? "");
    return this.#list(request, url) ?? this.#one(path) ?? this.#notFound(path);
  }

  #refuse(request: IncomingMessage, path: string): Answer | null {
    const authorization = request.headers.authorization;
    if (authorization === undefined) {
      const anonymous = this.#options.anonymous ?? "off";
      const isHealth = path === "/livez" || path === "/readyz" || path === "/healthz";
      if (anonymous === "off" || (anonymous === "health-only" && !isHealth)) return unauthorized();
    } else if (authorization !== `Bearer ${this.#token}`) {
      return unauthorized();
    }
    const target = targetOf(path);
    if (this.#options.forbidden?.includes(target.name) !== true) return null;
    const [resource = "", subresource] = target.name.split("/");
    const recorded = recordedJson("error-403-nodes.json");
    const message = target.isPath
      ? `forbidden: User "nobody" cannot get path "${path}"`
      : `${resource} is forbidden: User "nobody" cannot ${subresource === undefined ? "list" : "get"} resource "${target.name}" in API group "${target.group}" at the cluster scope`;
    return {
      status: 403,
      body: JSON.stringify({ ...recorded, message, details: { kind: resource } }),
      contentType: "application/json",
    };
  }

  #discovery(path: "/api" | "/apis", accept: string): Answer {
    const stale = this.#options.staleGroups ?? [];
    if (this.#options.legacyDiscovery === true || !accept.includes("APIGroupDiscoveryList")) {
      if (path === "/api") return json(recordedText("api.json"));
      const groups = recordedJson("apis.json");
      const added = stale.map((name) => {
        const [group, version] = name.split("/");
        return {
          name: group,
          versions: [{ groupVersion: name, version }],
          preferredVersion: { groupVersion: name, version },
        };
      });
      return json(JSON.stringify({ ...groups, groups: [...(groups.groups as unknown[]), ...added] })); // recorded as an array
    }
    const document = recordedJson(path === "/api" ? "api-aggregated.json" : "apis-aggregated.json");
    const added =
      path === "/api"
        ? []
        : stale.map((name) => {
            const [group, version] = name.split("/");
            return { metadata: { name: group }, versions: [{ version, freshness: "Stale" }] };
          });
    return {
      status: 200,
      body: JSON.stringify({ ...document, items: [...(document.items as unknown[]), ...added] }), // recorded as an array
      contentType: "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
    };
  }

  #list(request: IncomingMessage, url: URL): Answer | null {
    const document = this.#document(url.pathname);
    if (document === null) return null;
    if (document.kind === "Status")
      return { status: Number(document.code), body: JSON.stringify(document), contentType: "application/json" };
    if (!Array.isArray(document.items)) return json(JSON.stringify(document));
    const items = selectFields(document.items as RecordedObject[], url.searchParams.get("fieldSelector")); // checked to be an array
    const from = parseContinue(url.searchParams.get("continue"), url.pathname);
    if (from === null) return json(recordedText("error-400-bad-continue.json"), 400);
    if (from > 0 && this.#toExpire.delete(url.pathname)) return expired();
    const asked = Number(url.searchParams.get("limit") ?? "0");
    const size = Math.min(asked > 0 ? asked : items.length, this.#options.maxPageSize ?? Number.POSITIVE_INFINITY);
    const page = items.slice(from, from + size);
    const rest = items.length - from - page.length;
    const accept = request.headers.accept ?? "";
    const isPartial = accept.includes("as=PartialObjectMetadataList");
    return json(
      JSON.stringify({
        kind: isPartial ? "PartialObjectMetadataList" : document.kind,
        apiVersion: isPartial ? "meta.k8s.io/v1" : document.apiVersion,
        metadata: {
          resourceVersion: (document.metadata as RecordedObject | undefined)?.resourceVersion ?? "1",
          ...(rest > 0 ? { continue: makeContinue(from + page.length, url.pathname), remainingItemCount: rest } : {}),
        },
        items: isPartial
          ? page.map((item) => ({
              kind: "PartialObjectMetadata",
              apiVersion: "meta.k8s.io/v1",
              metadata: item.metadata,
            }))
          : page,
      }),
    );
  }

  #document(path: string): RecordedObject | null {
    const own = this.#options.lists?.[path];
    if (own !== undefined) return own;
    const known = this.#parsed.get(path);
    if (known !== undefined) return known;
    const file = this.#lists.get(path);
    const document = file === undefined ? emptyList(path) : recordedJson(file);
    if (document !== null) this.#parsed.set(path, document);
    return document;
  }

  /** One object out of its list: `/apis/apps/v1/namespaces/web/replicasets/name`. */
  #one(path: string): Answer | null {
    const match = /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)\/namespaces\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(path);
    if (match === null) return null;
    const items = this.#document(`${match[1]}/${match[3]}`)?.items;
    const found = (Array.isArray(items) ? (items as RecordedObject[]) : []).find((item) => {
      const metadata = item.metadata as RecordedObject; // every recorded item has one
      return metadata.namespace === match[2] && metadata.name === match[4];
    });
    return found === undefined ? notFoundStatus() : json(JSON.stringify(found));
  }

  #notFound(path: string): Answer {
    const legacy = /^\/(?:api|apis\/([^/]+))\/([^/]+)$/.exec(path);
    const listed = legacy === null ? null : legacyResources(legacy[1] ?? "", legacy[2] ?? "");
    if (listed !== null) return json(listed);
    if (legacy !== null && this.#options.staleGroups?.includes(`${legacy[1]}/${legacy[2]}`)) {
      return { status: 503, body: "service unavailable", contentType: "text/plain" };
    }
    return isServedGroup(path)
      ? notFoundStatus()
      : { status: 404, body: recordedText("error-404-group.json"), contentType: "text/plain" };
  }
}

function kubeconfig(server: string, caFile: string, token: string): string {
  return [
    "apiVersion: v1",
    "kind: Config",
    "current-context: recorded",
    "clusters:",
    "  - name: recorded",
    "    cluster:",
    `      server: ${server}`,
    `      certificate-authority: ${caFile}`,
    "contexts:",
    "  - name: recorded",
    "    context: { cluster: recorded, user: reader }",
    "users:",
    "  - name: reader",
    `    user: { token: ${JSON.stringify(token)} }`,
    "",
  ].join("\n");
}
