import type { ConnectionOptions } from "node:tls";
import { Agent, type Dispatcher, ProxyAgent, Socks5ProxyAgent } from "undici";
import { guardedConnector, type OutboundGuard, SOURCE_GUARD } from "../../outbound-guard.ts";
import {
  type ClusterSourceConfig,
  type ConnectionSettings,
  loadConnectionSettings,
  parseServer,
  readConfigured,
} from "./connection-config.ts";
import { type Credential, HttpSource, type HttpSourceOptions } from "./http-source.ts";

const CONNECT_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 30_000;
/** Sockets per server: lists run four at once, the rest is room for retries and metrics pages. */
const API_SOCKETS = 8;

export type EndpointOptions = {
  /** Scheme, host, port and prefix. */
  readonly baseUrl: string;
  readonly caFile?: string | undefined;
  /** False: the request goes out without any credential. */
  readonly sendCredentials: boolean;
  /** Open sockets for this endpoint. */
  readonly sockets?: number;
};

/** One cluster: its API server with credentials, the same without, and the other endpoints that reads may ask. */
export type KubernetesConnection = {
  readonly name: string;
  /** Address for people: never a credential. */
  readonly server: string;
  readonly config: ClusterSourceConfig;
  readonly api: HttpSource;
  /** The API server asked as nobody: no token, no client certificate. */
  readonly anonymous: HttpSource;
  /** Another endpoint (kubelet, controller manager …), verified by `caFile` or the cluster's CA. Whoever opens it closes it. */
  openEndpoint(options: EndpointOptions): Promise<HttpSource>;
  close(): Promise<void>;
};

export type ConnectionDeps = Pick<HttpSourceOptions, "sleep" | "random"> & {
  /** Where connections may go, the API server's and every other one's. */
  readonly guard?: OutboundGuard;
};

/** Reads configuration and files, opens no socket yet. Errors: SourceError `not-configured`. */
export async function openConnection(
  config: ClusterSourceConfig,
  { guard = SOURCE_GUARD, ...deps }: ConnectionDeps = {},
): Promise<KubernetesConnection> {
  const settings = await loadConnectionSettings(config);
  const url = parseServer(settings.server);
  const baseUrl = `${url.origin}${url.pathname}`.replace(/\/+$/, "");
  const api = new HttpSource({
    ...deps,
    baseUrl,
    credentials: settings.credentials,
    openDispatcher: (credential) => openDispatcher(settings, credential, API_SOCKETS, guard, url),
  });
  const anonymous = new HttpSource({
    ...deps,
    baseUrl,
    credentials: null,
    openDispatcher: () =>
      openDispatcher({ ...settings, tls: withoutClientCertificate(settings.tls) }, { headers: {} }, 1, guard, url),
  });
  return {
    name: config.name,
    server: baseUrl,
    config,
    api,
    anonymous,
    openEndpoint: (options) => openEndpoint(settings, options, deps, guard),
    async close() {
      await Promise.all([api.close(), anonymous.close()]);
    },
  };
}

async function openEndpoint(
  settings: ConnectionSettings,
  options: EndpointOptions,
  deps: Omit<ConnectionDeps, "guard">,
  guard: OutboundGuard,
): Promise<HttpSource> {
  const url = parseServer(options.baseUrl);
  const ca = options.caFile === undefined ? settings.tls.ca : await readConfigured(options.caFile, "caFile");
  // A credential goes out only over TLS that was verified: an insecure kubeconfig does not extend to other hosts.
  const maySend = options.sendCredentials && url.protocol === "https:";
  const client = maySend ? settings.tls : withoutClientCertificate(settings.tls);
  const tls: ConnectionOptions = {
    rejectUnauthorized: true,
    ...(ca === undefined ? {} : { ca }),
    ...(client.cert === undefined ? {} : { cert: client.cert }),
    ...(client.key === undefined ? {} : { key: client.key }),
  };
  return new HttpSource({
    ...deps,
    baseUrl: `${url.origin}${url.pathname}`,
    credentials: maySend ? settings.credentials : null,
    openDispatcher: (credential) =>
      openDispatcher({ tls, proxyUrl: null }, maySend ? credential : { headers: {} }, options.sockets ?? 2, guard, url),
  });
}

function withoutClientCertificate(tls: ConnectionOptions): ConnectionOptions {
  const { cert: _cert, key: _key, ...rest } = tls;
  return rest;
}

function openDispatcher(
  settings: Pick<ConnectionSettings, "tls" | "proxyUrl">,
  credential: Credential,
  sockets: number,
  guard: OutboundGuard,
  target: URL,
): Dispatcher {
  const tls: ConnectionOptions = {
    ...settings.tls,
    ...(credential.cert === undefined ? {} : { cert: credential.cert }),
    ...(credential.key === undefined ? {} : { key: credential.key }),
  };
  const pool = {
    connections: sockets,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    allowH2: false, // one slow list must not hold up the others on a shared connection
  };
  const connect = { ...connectOptions(tls), timeout: CONNECT_TIMEOUT_MS };
  if (settings.proxyUrl === null) return new Agent({ ...pool, connect: guardedConnector(guard, connect) });
  // The proxy resolves the server's name, where no address is seen: what is written is what can be checked.
  guard.check(target.hostname);
  guard.check(new URL(settings.proxyUrl).hostname);
  if (settings.proxyUrl.startsWith("socks"))
    return new Socks5ProxyAgent(settings.proxyUrl, { ...pool, requestTls: connectOptions(tls) });
  const proxyTls = { lookup: guard.lookup };
  return new ProxyAgent({ ...pool, uri: settings.proxyUrl, requestTls: connectOptions(tls), proxyTls });
}

/** undici's options are Node's, except that absent must be absent. */
function connectOptions(tls: ConnectionOptions): Record<string, unknown> {
  return Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined));
}
