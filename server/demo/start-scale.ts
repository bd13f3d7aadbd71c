import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Server as NetServer } from "node:net";
import { gunzipSync, gzipSync } from "node:zlib";
import type { ServedCluster } from "./config-files.ts";
import { buildScalePattern } from "./fleet/scale.ts";
import { DemoApiServer } from "./kubernetes/api-server.ts";
import { buildScaleLists, SCALE_PAGE_SIZE, type StoredList } from "./kubernetes/scale-pages.ts";
import { listen } from "./listen.ts";
import { hexDigits } from "./random.ts";

type ScaleOptions = {
  readonly seed: number;
  readonly anchor: number;
  readonly nowSeconds: () => number;
  readonly port?: number;
};

/**
 * One cluster of 5,000 nodes, 150,000 pods and 300,000 containers. Lists are finished, compressed pages; kubelet pages
 * come from the pattern's nodes, one stored page per kind and pool. It has no Prometheus: benches bring a real one.
 */
export async function startScaleCluster(options: ScaleOptions, servers: NetServer[]): Promise<ServedCluster> {
  const pattern = buildScalePattern({ seed: options.seed, size: "scale", anchor: options.anchor });
  const token = `demo-${hexDigits(options.seed, "token/scale-1", 32)}`;
  const api = new DemoApiServer({ cluster: pattern, anchor: options.anchor, token, nowSeconds: options.nowSeconds });
  const lists = buildScaleLists(pattern, options.anchor);
  const kubeletPages = new Map<string, Buffer>();
  const server = createServer({ keepAliveTimeout: 30_000 }, (request, response) => {
    const url = new URL(request.url ?? "/", "http://demo");
    if (request.headers.authorization !== `Bearer ${token}`) {
      api.handle(request, response);
      return;
    }
    const list = lists.get(url.pathname);
    const page = list === undefined ? null : storedPage(list, url, request.headers.accept ?? "");
    const kubelet = /^\/api\/v1\/nodes\/scale-([a-z]+)-(\d+)\/proxy(\/.+)$/.exec(url.pathname);
    if (page !== null) {
      sendCompressed(request, response, page, "application/json");
    } else if (kubelet === null) {
      api.handle(request, response);
    } else {
      const [, pool = "", index = "0", path = "/"] = kubelet;
      const twins = pattern.nodes.filter((node) => node.pool === pool);
      const twin = twins[Number(index) % Math.max(1, twins.length)];
      const key = `${twin?.name}${path}`;
      const answer = api.kubelet(twin?.name ?? "", path, request.headers.accept ?? "");
      if (answer.status !== 200) {
        response.writeHead(answer.status, { "content-type": answer.type }).end(answer.body);
        return;
      }
      const stored = kubeletPages.get(key) ?? gzipSync(answer.body, { level: 1 });
      kubeletPages.set(key, stored);
      sendCompressed(request, response, stored, answer.type);
    }
  });
  servers.push(server);
  const port = await listen(server, options.port ?? 0, "127.0.0.1");
  return {
    name: pattern.name,
    provider: "aws",
    apiUrl: `http://127.0.0.1:${port}`,
    apiToken: token,
    kubeletAccess: "proxy",
    prometheusUrl: null,
    prometheusToken: null,
    selector: null,
    controllerManagerUrl: null,
    schedulerUrl: null,
  };
}

/** The stored page, or a part of it for smaller limits; `null` for requests that the plain server must answer. */
function storedPage(list: StoredList, url: URL, accept: string): Buffer | null {
  if (url.searchParams.has("fieldSelector")) return null;
  const token = url.searchParams.get("continue") ?? "";
  const offset = token === "" ? 0 : Number(/^at-(\d+)$/.exec(token)?.[1] ?? Number.NaN);
  const page = list.pages[Math.floor(offset / SCALE_PAGE_SIZE)];
  if (page === undefined) return null;
  const limit = Number(url.searchParams.get("limit") ?? "0");
  const within = offset % SCALE_PAGE_SIZE;
  const isPartial = accept.includes("as=PartialObjectMetadataList");
  const isWhole = within === 0 && (limit === 0 || limit >= SCALE_PAGE_SIZE || limit >= list.count);
  if (isWhole && !isPartial) return page;
  const parsed = parseList(gunzipSync(page).toString("utf8"));
  const items = parsed.items.slice(within, isWhole ? undefined : within + limit);
  const next = offset + items.length;
  const metadata = {
    resourceVersion: parsed.metadata.resourceVersion,
    ...(next < list.count ? { continue: `at-${next}`, remainingItemCount: list.count - next } : {}),
  };
  const body = isPartial
    ? {
        kind: "PartialObjectMetadataList",
        apiVersion: "meta.k8s.io/v1",
        metadata,
        items: items.map(({ metadata: itemMetadata }) => ({
          kind: "PartialObjectMetadata",
          apiVersion: "meta.k8s.io/v1",
          metadata: itemMetadata,
        })),
      }
    : { kind: parsed.kind, apiVersion: parsed.apiVersion, metadata, items };
  return gzipSync(JSON.stringify(body), { level: 1 });
}

type ParsedList = {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly { readonly metadata: unknown }[];
};

/** A page that this process itself wrote; the cast names that guarantee. */
function parseList(text: string): ParsedList {
  return JSON.parse(text) as ParsedList;
}

function sendCompressed(request: IncomingMessage, response: ServerResponse, page: Buffer, type: string): void {
  request.resume();
  const acceptsGzip = String(request.headers["accept-encoding"] ?? "").includes("gzip");
  const body = acceptsGzip ? page : gunzipSync(page);
  response.writeHead(200, {
    "content-type": type,
    "content-length": body.byteLength,
    ...(acceptsGzip ? { "content-encoding": "gzip" } : {}),
  });
  response.end(body);
}
