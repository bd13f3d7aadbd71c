import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { Server as NetServer } from "node:net";
import { activeTargets } from "./active-targets.ts";
import { type ServedCluster, writeConfigFiles } from "./config-files.ts";
import { controllerManagerFamilies, schedulerFamilies } from "./exporters/control-plane.ts";
import { type Family, renderPage } from "./exposition.ts";
import { buildFleet } from "./fleet/build-fleet.ts";
import type { DemoCluster, DemoFleet, DemoSize } from "./fleet/types.ts";
import { demoTls, startKubelets } from "./kubelet-servers.ts";
import { DemoApiServer, send } from "./kubernetes/api-server.ts";
import { closeServer, listen } from "./listen.ts";
import { prometheusFront } from "./prometheus-server.ts";
import { createPrometheusHandler } from "./promql/http-handler.ts";
import { hexDigits } from "./random.ts";
import { demoSeries } from "./series-source.ts";
import { startScaleCluster } from "./start-scale.ts";

const HOST = "127.0.0.1";

export type DemoOptions = {
  readonly size: DemoSize;
  readonly seed: number;
  /** Moment that stories are dated against, epoch seconds. */
  readonly anchor: number;
  readonly nowSeconds: () => number;
  /** Where sluice.yaml, kubeconfigs and tokens are written. */
  readonly directory: string;
  /** Port of the first API server; 0 = any, like all the others. */
  readonly port?: number;
};

export type RunningDemo = {
  readonly fleet: DemoFleet | null;
  readonly configFile: string;
  readonly clusters: readonly ServedCluster[];
  readonly close: () => Promise<void>;
};

/** Starts every server of the fleet on loopback addresses and writes the configuration that reaches them. */
export async function startDemo(options: DemoOptions): Promise<RunningDemo> {
  const servers: NetServer[] = [];
  const close = async () => {
    await Promise.all(servers.splice(0).map(closeServer));
  };
  try {
    if (options.size === "scale") {
      const served = await startScaleCluster(options, servers);
      return { fleet: null, configFile: writeConfigFiles(options.directory, [served]), clusters: [served], close };
    }
    const fleet = buildFleet({ seed: options.seed, size: options.size, anchor: options.anchor });
    const clusters: ServedCluster[] = [];
    for (const [index, cluster] of fleet.clusters.entries()) {
      clusters.push(await startCluster(options, cluster, servers, index === 0 ? (options.port ?? 0) : 0));
    }
    return { fleet, configFile: writeConfigFiles(options.directory, clusters), clusters, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startCluster(
  options: DemoOptions,
  cluster: DemoCluster,
  servers: NetServer[],
  port: number,
): Promise<ServedCluster> {
  const { anchor, nowSeconds, seed } = options;
  const token = `demo-${hexDigits(seed, `token/${cluster.name}`, 32)}`;
  const prometheusToken = cluster.prometheus.needsToken ? `demo-${hexDigits(seed, `prom/${cluster.name}`, 32)}` : null;
  const api = new DemoApiServer({ cluster, anchor, token, nowSeconds });
  const kubelets = cluster.kubeletAccess === "direct" ? await startKubelets(cluster.nodes, api, token) : null;
  if (kubelets !== null) {
    servers.push(...kubelets.servers);
    api.setKubeletPort(kubelets.port);
  }
  const apiPort = await serve(servers, (request, response) => api.handle(request, response), port);
  const engine = createPrometheusHandler({
    source: demoSeries({ cluster, anchor, nowSeconds }),
    now: () => nowSeconds() * 1000,
    targets: () => activeTargets(cluster, anchor, nowSeconds()),
  });
  const prometheusPort = await serve(
    servers,
    prometheusFront({ engine, token: prometheusToken, downSince: cluster.prometheus.downSince, nowSeconds }),
    0,
  );
  const hasComponents = cluster.provider === "aws";
  return {
    name: cluster.name,
    provider: cluster.provider,
    apiUrl: `http://${HOST}:${apiPort}`,
    apiToken: token,
    // Without loopback addresses for its nodes the cluster is read through Prometheus alone.
    kubeletAccess: cluster.kubeletAccess === "direct" && kubelets === null ? "off" : cluster.kubeletAccess,
    prometheusUrl: `http://${HOST}:${prometheusPort}`,
    prometheusToken,
    selector: cluster.prometheus.label === "cluster" ? `cluster="${cluster.name}"` : null,
    controllerManagerUrl: hasComponents
      ? await serveComponent(servers, token, nowSeconds, controllerManagerFamilies(cluster, anchor))
      : null,
    schedulerUrl: hasComponents
      ? await serveComponent(servers, token, nowSeconds, schedulerFamilies(cluster, anchor))
      : null,
  };
}

async function serve(servers: NetServer[], listener: RequestListener, port: number): Promise<number> {
  const server: Server = createServer({ keepAliveTimeout: 30_000 }, listener);
  servers.push(server);
  return await listen(server, port, HOST);
}

/** `/metrics` of one more component, over TLS: a credential goes nowhere else. */
async function serveComponent(
  servers: NetServer[],
  token: string,
  nowSeconds: () => number,
  families: readonly Family[],
): Promise<string> {
  const server = createHttpsServer(demoTls(), (request, response) => {
    request.resume();
    const text = { type: "text/plain; charset=utf-8" };
    if (request.headers.authorization !== `Bearer ${token}`) {
      send(request, response, { ...text, status: 401, body: "Unauthorized" });
    } else if (new URL(request.url ?? "/", "https://demo").pathname === "/metrics") {
      send(request, response, {
        status: 200,
        type: "text/plain; version=0.0.4; charset=utf-8; escaping=underscores",
        body: renderPage(families, nowSeconds()),
      });
    } else {
      send(request, response, { ...text, status: 404, body: "404 page not found\n" });
    }
  });
  servers.push(server);
  return `https://${HOST}:${await listen(server, 0, HOST)}`;
}
