import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { ConnectionOptions } from "node:tls";
import { bufferFromFileOrString, type Cluster, KubeConfig, type User } from "@kubernetes/client-node";
import { parse as parseYaml } from "yaml";
import { basic, bearer, fixedCredentials, tokenFileCredentials } from "./credentials.ts";
import { execCredentials } from "./exec-credential.ts";
import type { CredentialSource } from "./http-source.ts";
import { isObject, objectAt, objectsAt, textOrNull } from "./parse-json.ts";
import { SourceError } from "./source-error.ts";

/** How to reach one cluster; a cluster entry of the configuration fits. */
export type ClusterSourceConfig = {
  readonly name: string;
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  readonly inCluster?: boolean | undefined;
  readonly server?: string | undefined;
  readonly caFile?: string | undefined;
  readonly tokenFile?: string | undefined;
  readonly provider?: string | undefined;
  readonly kubelet?: KubeletAccessConfig | undefined;
  readonly controlPlane?: ControlPlaneConfig | undefined;
};
export type KubeletAccessConfig = {
  readonly access: "off" | "prometheus" | "direct" | "proxy";
  readonly allowedCIDRs?: readonly string[] | undefined;
  readonly caFile?: string | undefined;
};
export type ControlPlaneConfig = {
  readonly apiServers?: readonly string[] | undefined;
  readonly controllerManager?: string | undefined;
  readonly scheduler?: string | undefined;
  readonly caFile?: string | undefined;
};

export type ConnectionSettings = {
  readonly server: string;
  readonly tls: ConnectionOptions;
  readonly proxyUrl: string | null;
  readonly credentials: CredentialSource | null;
};

/** Errors: SourceError with reason `not-configured` when the configuration cannot be used. Never quotes a file's content. */
export async function loadConnectionSettings(config: ClusterSourceConfig): Promise<ConnectionSettings> {
  if (config.kubeconfig !== undefined) return fromKubeconfig(config.kubeconfig, config.context);
  if (config.inCluster === true) return fromKubeConfigObject(loadInCluster(), new Map(), ".");
  if (config.server !== undefined) {
    return {
      server: config.server,
      tls: {
        rejectUnauthorized: true,
        ...(config.caFile === undefined ? {} : { ca: await readConfigured(config.caFile, "caFile") }),
      },
      proxyUrl: null,
      credentials:
        config.tokenFile === undefined ? null : guarded(config.server, false, tokenFileCredentials(config.tokenFile)),
    };
  }
  throw refused("neither kubeconfig, inCluster nor server is set");
}

export async function readConfigured(file: string, what: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw refused(`${what} cannot be read`, error);
  }
}

function loadInCluster(): KubeConfig {
  if (process.env.KUBERNETES_SERVICE_HOST === undefined) throw refused("inCluster is set, but this is not a pod");
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromCluster();
  return kubeConfig;
}

async function fromKubeconfig(file: string, context: string | undefined): Promise<ConnectionSettings> {
  const text = (await readConfigured(file, "the kubeconfig")).toString("utf8");
  const kubeConfig = new KubeConfig();
  let tokenFiles: ReadonlyMap<string, string>;
  try {
    kubeConfig.loadFromString(text);
    kubeConfig.makePathsAbsolute(dirname(resolve(file)));
    tokenFiles = readTokenFiles(text, dirname(resolve(file)));
  } catch (error) {
    throw refused("the kubeconfig cannot be understood", error);
  }
  if (context !== undefined) {
    if (kubeConfig.getContextObject(context) === null) throw refused(`the kubeconfig has no context "${context}"`);
    kubeConfig.setCurrentContext(context);
  }
  return fromKubeConfigObject(kubeConfig, tokenFiles, dirname(resolve(file)));
}

/** `users[].user.tokenFile`, the rotating token file of kubectl: the client library looks for another spelling, once. */
function readTokenFiles(text: string, directory: string): ReadonlyMap<string, string> {
  const document: unknown = parseYaml(text);
  const files = new Map<string, string>();
  if (!isObject(document)) return files;
  for (const entry of objectsAt(document, "users")) {
    const name = textOrNull(entry, "name");
    const file = textOrNull(objectAt(entry, "user"), "tokenFile");
    if (name !== null && file !== null) files.set(name, resolve(directory, file));
  }
  return files;
}

function fromKubeConfigObject(
  kubeConfig: KubeConfig,
  tokenFiles: ReadonlyMap<string, string>,
  directory: string,
): ConnectionSettings {
  const cluster = kubeConfig.getCurrentCluster();
  if (cluster === null || typeof cluster.server !== "string") throw refused("the kubeconfig context names no cluster");
  const user = kubeConfig.getCurrentUser();
  const credentials = user === null ? null : credentialsOf(kubeConfig, cluster, user, tokenFiles, directory);
  return {
    server: cluster.server,
    tls: readTls(cluster, user),
    proxyUrl: cluster.proxyUrl ?? null,
    credentials: credentials === null ? null : guarded(cluster.server, cluster.skipTLSVerify === true, credentials),
  };
}

function readTls(cluster: Cluster, user: User | null): ConnectionOptions {
  try {
    const ca = bufferFromFileOrString(cluster.caFile, cluster.caData);
    const cert = user === null ? null : bufferFromFileOrString(user.certFile, user.certData);
    const key = user === null ? null : bufferFromFileOrString(user.keyFile, user.keyData);
    return {
      // Said explicitly, so that an environment variable of the runtime can never switch verification off.
      rejectUnauthorized: cluster.skipTLSVerify !== true,
      ...(ca === null ? {} : { ca }),
      ...(cert === null ? {} : { cert }),
      ...(key === null ? {} : { key }),
      ...(cluster.tlsServerName ? { servername: cluster.tlsServerName } : {}),
    };
  } catch (error) {
    throw refused("a certificate or key file of the kubeconfig cannot be read", error);
  }
}

function credentialsOf(
  kubeConfig: KubeConfig,
  cluster: Cluster,
  user: User,
  tokenFiles: ReadonlyMap<string, string>,
  directory: string,
): CredentialSource | null {
  if (isObject(user.exec)) {
    const exec = {
      server: cluster.server,
      caData: cluster.caData ?? null,
      tlsServerName: cluster.tlsServerName ?? null,
    };
    return execCredentials(user.exec, { directory, cluster: exec });
  }
  const provided = isObject(user.authProvider) ? user.authProvider : null;
  const rotating =
    tokenFiles.get(user.name) ?? (provided === null ? null : textOrNull(objectAt(provided, "config"), "tokenFile"));
  if (rotating !== null) return tokenFileCredentials(rotating);
  if (provided !== null) return providerCredentials(kubeConfig);
  if (user.token) return fixedCredentials(bearer(user.token.trim()));
  if (user.username) return fixedCredentials(basic(user.username, user.password ?? ""));
  return null; // a client certificate, or nobody
}

/** OIDC and the older cloud providers, as the client library implements them. */
function providerCredentials(kubeConfig: KubeConfig): CredentialSource {
  return {
    async current() {
      const options: { headers: Record<string, string> } = { headers: {} };
      try {
        await kubeConfig.applyToHTTPSOptions(options);
      } catch (error) {
        throw new SourceError("forbidden", "the auth provider of the kubeconfig gave no token", {
          fix: { code: "check-token" },
          cause: error,
        });
      }
      const authorization = options.headers.Authorization;
      return { headers: authorization === undefined ? {} : { authorization } };
    },
    renew: async () => false,
  };
}

/** A credential never travels in clear text, except to this machine (kubectl proxy, demo) or where the file says insecure. */
function guarded(server: string, isInsecure: boolean, credentials: CredentialSource): CredentialSource {
  const url = parseServer(server);
  if (url.protocol === "https:" || isInsecure || isLoopback(url.hostname)) return credentials;
  throw refused("the server address is plain http: credentials are not sent over it");
}

export function parseServer(server: string): URL {
  let url: URL;
  try {
    url = new URL(server);
  } catch (error) {
    throw refused("the server address is not a URL", error);
  }
  if (url.protocol !== "https:" && url.protocol !== "http:")
    throw refused("the server address is neither https nor http");
  if (url.username !== "" || url.password !== "")
    throw refused("the server address holds a password; use a token file");
  return url;
}

export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function refused(detail: string, cause?: unknown): SourceError {
  return new SourceError("not-configured", detail, {
    fix: { code: "see-detail" },
    ...(cause === undefined ? {} : { cause }),
  });
}
