import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import { isIP } from "node:net";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { parse as parseYaml } from "yaml";
import { type AuthSettings, toAuthSettings } from "./auth-settings.ts";
import { hasSignIn } from "./config-auth.ts";
import { type ParsedConfigFile, parseConfigFile } from "./config-file.ts";
import { CLUSTER_NAME, type ConfigFile, durationSeconds } from "./config-schema.ts";
import { AppError, messageOf } from "./errors.ts";
import { redact } from "./log.ts";

export type Role = "all" | "web" | "collector";
export type KubeletAccess = "off" | "prometheus" | "direct" | "proxy";
export type DemoSize = "demo" | "small" | "scale";
export type Environment = Readonly<Record<string, string | undefined>>;

/** How to reach and prove ourselves to one Kubernetes API. Secrets stay in files, which are read when they are used. */
export type ClusterAccess =
  | { readonly kind: "kubeconfig"; readonly file: string; readonly context: string | null }
  | { readonly kind: "in-cluster" }
  | { readonly kind: "token"; readonly server: string; readonly caFile: string | null; readonly tokenFile: string };

export interface PrometheusConfig {
  readonly url: string;
  readonly tokenFile: string | null;
  readonly basicAuth: { readonly username: string; readonly passwordFile: string } | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly caFile: string | null;
  readonly insecureSkipVerify: boolean;
  /** Label matchers without braces, to be added to every query. */
  readonly selector: string | null;
}

export interface ClusterConfig {
  readonly name: string;
  readonly access: ClusterAccess;
  readonly provider: string | null;
  readonly prometheus: PrometheusConfig | null;
  readonly kubelet: {
    readonly access: KubeletAccess;
    readonly allowedCIDRs: readonly string[];
    readonly caFile: string | null;
  };
  readonly controlPlane: {
    readonly apiServers: readonly string[];
    readonly controllerManager: string | null;
    readonly scheduler: string | null;
  };
  readonly poll: { readonly inventorySeconds: number; readonly metricsSeconds: number; readonly gatesSeconds: number };
}

export type TeamSource =
  | { readonly kind: "label" | "namespaceLabel"; readonly key: string }
  | { readonly kind: "namespace" };

export interface Config {
  readonly role: Role;
  readonly host: string;
  readonly port: number;
  /** `null`: the embedded PostgreSQL, with its data in `dataDir`. */
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  /** The sluice.yaml that was read, if any. */
  readonly configFile: string | null;
  /** The clusters are the demo fleet; every page says so. */
  readonly isDemo: boolean;
  /** What the demo process simulates: how much of it, and from which seed. */
  readonly demo: { readonly size: DemoSize; readonly seed: number };
  readonly clusters: readonly ClusterConfig[];
  readonly teams: { readonly from: readonly TeamSource[] };
  readonly billing: {
    readonly currency: string;
    readonly timeZone: string;
    readonly priceBook: string | null;
    /** Label keys by which cost can be grouped. */
    readonly labels: readonly string[];
    readonly budgets: readonly { readonly team: string; readonly costPerMonth: number; readonly validFrom: string }[];
  };
  readonly retention: { readonly rawSeconds: number; readonly hourlySeconds: number; readonly dailySeconds: number };
  /** `null`: nobody signs in, and whoever reaches the loopback interface may do everything. */
  readonly auth: AuthSettings | null;
  /** Local users that the file rules, with the hashes of their passwords; for the database alone. */
  readonly localUsers: readonly LocalUser[];
  /** Where readers open Sluice, without a slash at its end; null = not said, and links in messages stay paths. */
  readonly publicUrl: string | null;
  readonly webhooks: Readonly<Record<string, { readonly urlFile: string; readonly kind: "slack" | "json" }>>;
  /** Networks that sources and the issuer may be in although link-local and metadata addresses are refused. */
  readonly outbound: { readonly allowedCIDRs: readonly string[] };
}

export type LocalUser = NonNullable<ConfigFile["auth"]["local"]>["users"][number];

const PROJECT_ROOT = fileURLToPath(new URL("..", import.meta.url));
const MAX_FILE_BYTES = 1024 * 1024;

const FLAGS = {
  config: { type: "string" },
  kubeconfig: { type: "string" },
  context: { type: "string" },
  prometheus: { type: "string" },
  demo: { type: "boolean" },
  host: { type: "string" },
  port: { type: "string" },
  "database-url": { type: "string" },
  "data-dir": { type: "string" },
  role: { type: "string" },
  help: { type: "boolean" },
} as const;

export const USAGE = `npm start -- [options]          (environment variable)

  --config FILE          clusters and settings           (SLUICE_CONFIG; role all finds ./sluice.yaml)
  --kubeconfig FILE      one cluster without a file      (SLUICE_KUBECONFIG)
  --context NAME         a context of that kubeconfig    (SLUICE_CONTEXT)
  --prometheus URL       that cluster's Prometheus       (SLUICE_PROMETHEUS)
  --demo                 the simulated fleet             (SLUICE_DEMO=1; default when no cluster is configured)
  --host ADDRESS         where to listen                 (HOST; default 127.0.0.1)
  --port NUMBER          0 picks a free one              (PORT; default 3000)
  --database-url URL     PostgreSQL 15 or newer          (DATABASE_URL; unset: the embedded one)
  --data-dir DIRECTORY   the embedded one's data         (SLUICE_DATA_DIR; default .data)
  --role all|web|collector                               (SLUICE_ROLE; default all)
`;

/**
 * Flags, environment and sluice.yaml → the one configuration that everything else receives.
 *
 * Flags win over the environment. Paths in flags and environment are relative to `cwd`, those in the file to the file.
 * `SLUICE_DEMO_CONFIG`, set by the supervisor for its children, names the demo fleet's generated file.
 * Errors: `invalid-configuration`, listing every problem of the file at once.
 */
export function loadConfig(argv: readonly string[], env: Environment, cwd: string = process.cwd()): Config {
  const given = readSettings(argv, env);
  const role = oneOf("--role", given.role ?? "all", ["all", "web", "collector"] as const);
  const path = (value: string | undefined) => (value === undefined ? undefined : resolve(cwd, value));

  const demoFile = env.SLUICE_DEMO_CONFIG || undefined;
  const hasShortcut = given.kubeconfig !== undefined || given.context !== undefined || given.prometheus !== undefined;
  const wantsDemo = given.demo || demoFile !== undefined;
  if (wantsDemo && hasShortcut)
    refuse("--demo shows the simulated fleet; leave out --kubeconfig, --context and --prometheus, or --demo.");
  if (given.demo && given.config !== undefined && demoFile === undefined)
    refuse("--demo brings its own configuration; leave out --config, or --demo.");

  const found = join(cwd, "sluice.yaml");
  const usesFound = role === "all" && given.config === undefined && !hasShortcut && !wantsDemo && existsSync(found);
  const configFile = demoFile ?? path(given.config) ?? (usesFound ? found : null);
  const file = readConfigFile(configFile);
  const clusters = file.value.clusters.map((cluster, index) => toClusterConfig(cluster, index, file, configFile, role));
  if (hasShortcut) {
    if (clusters.length > 0)
      refuse(`${configFile} lists clusters already; leave out --kubeconfig, --context and --prometheus.`);
    clusters.push(clusterFromFlags(path(given.kubeconfig), given.context, given.prometheus));
  }
  const isDemo = wantsDemo || (clusters.length === 0 && role === "all");
  const databaseUrl = checkDatabaseUrl(given.databaseUrl);
  if (role !== "all" && databaseUrl === null)
    refuse(`--role ${role} needs --database-url: roles that run apart share one PostgreSQL.`);
  if (role === "collector" && clusters.length === 0 && !isDemo)
    refuse("--role collector needs clusters; give --config, --kubeconfig or --demo.");

  const host = given.host ?? "127.0.0.1";
  if (role !== "collector") requirePublicUrl(file, host);
  if (role !== "collector" && !isLoopback(host) && !hasSignIn(file.value.auth)) {
    refuse(
      `--host (HOST) ${host} would show everything to everybody who reaches it; without \`auth\` Sluice listens on loopback only (127.0.0.1, ::1, localhost).`,
    );
  }
  const fromFile = (value: string) => resolve(dirname(configFile ?? cwd), value);
  const { billing, retention, teams, webhooks, auth, publicUrl } = file.value;
  return {
    role,
    host,
    port: wholeNumber("--port", given.port ?? "3000", 65_535),
    databaseUrl,
    dataDir: path(given.dataDir) ?? join(PROJECT_ROOT, ".data"),
    configFile,
    isDemo,
    demo: {
      size: oneOf("SLUICE_DEMO_SIZE", env.SLUICE_DEMO_SIZE || "demo", ["demo", "small", "scale"] as const),
      seed: wholeNumber("SLUICE_DEMO_SEED", env.SLUICE_DEMO_SEED || "1", 2 ** 31 - 1),
    },
    clusters,
    teams: { from: teams.from.map(toTeamSource) },
    billing: {
      currency: billing.currency,
      timeZone: billing.timeZone,
      priceBook: billing.priceBook === undefined ? null : fromFile(billing.priceBook),
      labels: [...new Set(billing.labels)],
      budgets: billing.budgets,
    },
    retention: {
      rawSeconds: durationSeconds(retention.raw),
      hourlySeconds: durationSeconds(retention.hourly),
      dailySeconds: durationSeconds(retention.daily),
    },
    auth: signInSettings(file, fromFile, role),
    localUsers: auth.local?.users ?? [],
    publicUrl: publicUrl?.replace(/\/+$/, "") ?? null,
    webhooks: Object.fromEntries(
      Object.entries(webhooks).map(([name, hook]) => [name, { urlFile: fromFile(hook.urlFile), kind: hook.kind }]),
    ),
    outbound: file.value.outbound,
  };
}

/** A configuration fit for a log or a page: no password of the database, no header's text. */
export function redactConfig(config: Config): Record<string, unknown> {
  const clusters = config.clusters.map((cluster) => ({
    ...cluster,
    prometheus: cluster.prometheus && {
      ...cluster.prometheus,
      headers: Object.fromEntries(Object.keys(cluster.prometheus.headers).map((name) => [name, "[redacted]"])),
    },
  }));
  const localUsers = config.localUsers.map((user) => ({ ...user, passwordHash: "[redacted]" }));
  return redact({ ...config, clusters, localUsers }, -4) as Record<string, unknown>; // four levels deeper than a log event may go
}

/** Cookies, links, the Host check and the issuer's way back depend on the address that readers type. */
function requirePublicUrl(file: ParsedConfigFile, host: string): void {
  const { auth, publicUrl } = file.value;
  if (publicUrl !== undefined || !hasSignIn(auth)) return;
  if (auth.oidc !== undefined)
    refuse(`${file.locate(["auth", "oidc"])}: needs publicUrl, where the issuer sends people back to`);
  if (!isLoopback(host)) refuse(`--host (HOST) ${host} needs publicUrl in sluice.yaml: the address that readers type.`);
}

/** Files with secrets are read when they are used; here only that they are there. */
function signInSettings(file: ParsedConfigFile, fromFile: (path: string) => string, role: Role): AuthSettings | null {
  const { auth, publicUrl } = file.value;
  if (role !== "collector" && auth.oidc !== undefined) {
    for (const field of ["clientSecretFile", "caFile"] as const) {
      const path = auth.oidc[field];
      if (path !== undefined) requireReadable(fromFile(path), file.locate(["auth", "oidc", field]));
    }
  }
  return toAuthSettings(auth, publicUrl?.replace(/\/+$/, "") ?? null, fromFile, file.value.outbound.allowedCIDRs);
}

export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, "$1").toLowerCase();
  return bare === "localhost" || bare === "::1" || (isIP(bare) === 4 && bare.startsWith("127."));
}

function readSettings(argv: readonly string[], env: Environment) {
  let values: ReturnType<typeof parseFlags>;
  try {
    values = parseFlags(argv);
  } catch (error) {
    return refuse(`${messageOf(error)}\n\n${USAGE}`);
  }
  const setting = (flag: string | undefined, variable: string) => flag ?? (env[variable] || undefined);
  const demo = env.SLUICE_DEMO || "0";
  if (!/^(0|1|true|false)$/.test(demo)) refuse(`SLUICE_DEMO is ${JSON.stringify(demo)}; allowed: 1, true, 0, false.`);
  return {
    config: setting(values.config, "SLUICE_CONFIG"),
    kubeconfig: setting(values.kubeconfig, "SLUICE_KUBECONFIG"),
    context: setting(values.context, "SLUICE_CONTEXT"),
    prometheus: setting(values.prometheus, "SLUICE_PROMETHEUS"),
    demo: values.demo ?? /^(1|true)$/.test(demo),
    host: setting(values.host, "HOST"),
    port: setting(values.port, "PORT"),
    databaseUrl: setting(values["database-url"], "DATABASE_URL"),
    dataDir: setting(values["data-dir"], "SLUICE_DATA_DIR"),
    role: setting(values.role, "SLUICE_ROLE"),
  };
}

function parseFlags(argv: readonly string[]) {
  return parseArgs({ args: [...argv], options: FLAGS, strict: true, allowPositionals: false }).values;
}

function readConfigFile(path: string | null): ParsedConfigFile {
  if (path === null) return parseConfigFile("", "sluice.yaml");
  let source: string;
  try {
    if (statSync(path).size > MAX_FILE_BYTES) refuse(`${path} is larger than 1 MiB.`);
    source = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof AppError) throw error;
    return refuse(`${path} cannot be read: ${messageOf(error)}`);
  }
  return parseConfigFile(source, path);
}

function toClusterConfig(
  cluster: ConfigFile["clusters"][number],
  index: number,
  file: ParsedConfigFile,
  configFile: string | null,
  role: Role,
): ClusterConfig {
  const at = ["clusters", index] as const;
  const directory = dirname(configFile ?? ".");
  const filePath = (value: string | undefined, ...place: readonly string[]): string | null => {
    if (value === undefined) return null;
    const path = isAbsolute(value) ? value : resolve(directory, value);
    // The web role reads no source and holds none of these files.
    if (role !== "web") requireReadable(path, file.locate([...at, ...place]));
    return path;
  };
  const { prometheus, kubelet, controlPlane } = cluster;
  return {
    name: cluster.name,
    access: toAccess(cluster, filePath),
    provider: cluster.provider ?? null,
    prometheus: prometheus
      ? {
          url: prometheus.url,
          tokenFile: filePath(prometheus.tokenFile, "prometheus", "tokenFile"),
          basicAuth: prometheus.basicAuth
            ? {
                username: prometheus.basicAuth.username,
                passwordFile:
                  filePath(prometheus.basicAuth.passwordFile, "prometheus", "basicAuth", "passwordFile") ?? "",
              }
            : null,
          headers: prometheus.headers,
          caFile: filePath(prometheus.caFile, "prometheus", "caFile"),
          insecureSkipVerify: prometheus.insecureSkipVerify,
          selector: prometheus.selector ?? null,
        }
      : null,
    kubelet: {
      access: kubelet.access,
      allowedCIDRs: kubelet.allowedCIDRs,
      caFile: filePath(kubelet.caFile, "kubelet", "caFile"),
    },
    controlPlane: {
      apiServers: controlPlane.apiServers,
      controllerManager: controlPlane.controllerManager || null,
      scheduler: controlPlane.scheduler || null,
    },
    poll: cluster.poll,
  };
}

/** The schema has made sure that exactly one way is given, and a token file with `server`. */
function toAccess(
  cluster: ConfigFile["clusters"][number],
  filePath: (value: string | undefined, ...place: readonly string[]) => string | null,
): ClusterAccess {
  const kubeconfig = filePath(cluster.kubeconfig, "kubeconfig");
  if (kubeconfig !== null) return { kind: "kubeconfig", file: kubeconfig, context: cluster.context ?? null };
  if (cluster.server === undefined) return { kind: "in-cluster" };
  return {
    kind: "token",
    server: cluster.server,
    caFile: filePath(cluster.caFile, "caFile"),
    tokenFile: filePath(cluster.tokenFile, "tokenFile") ?? "",
  };
}

function requireReadable(path: string, place: string): void {
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    const words = (error as NodeJS.ErrnoException).code === "ENOENT" ? "does not exist" : "cannot be read";
    refuse(`${place}: the file ${path} ${words}`);
  }
}

function clusterFromFlags(
  kubeconfig: string | undefined,
  context: string | undefined,
  prometheus: string | undefined,
): ClusterConfig {
  if (kubeconfig === undefined) return refuse("--context and --prometheus belong to a --kubeconfig.");
  requireReadable(kubeconfig, "--kubeconfig");
  const name = toClusterName(context ?? currentContext(kubeconfig) ?? "cluster");
  const source = JSON.stringify({
    clusters: [
      { name, kubeconfig, ...(context && { context }), ...(prometheus && { prometheus: { url: prometheus } }) },
    ],
  });
  const file = parseConfigFile(source, "--kubeconfig, --context, --prometheus");
  const [cluster] = file.value.clusters;
  return cluster === undefined
    ? refuse("--kubeconfig names no cluster.")
    : toClusterConfig(cluster, 0, file, null, "all");
}

function currentContext(kubeconfig: string): string | undefined {
  try {
    const content: unknown = parseYaml(readFileSync(kubeconfig, "utf8"));
    const context = (content as { "current-context"?: unknown } | null)?.["current-context"];
    return typeof context === "string" && context !== "" ? context : undefined;
  } catch {
    return refuse(`--kubeconfig: ${kubeconfig} is not a kubeconfig.`);
  }
}

/** A context's name made fit for a URL: `arn:aws:eks:eu-west-1:1:cluster/prod` → `prod`. */
function toClusterName(context: string): string {
  const last = context.split("/").at(-1) ?? "";
  const name = last
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .slice(0, 63)
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, "");
  return CLUSTER_NAME.test(name) ? name : "cluster";
}

function toTeamSource(source: string): TeamSource {
  if (source === "namespace") return { kind: "namespace" };
  const colon = source.indexOf(":");
  return { kind: source.slice(0, colon) === "label" ? "label" : "namespaceLabel", key: source.slice(colon + 1) };
}

function checkDatabaseUrl(value: string | undefined): string | null {
  if (value === undefined) return null;
  const url = URL.parse(value);
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol))
    refuse("--database-url is not an address such as postgresql://user:password@host:5432/database.");
  return value;
}

function wholeNumber(what: string, value: string, most: number): number {
  const number = Number(value);
  return /^\d+$/.test(value) && number <= most
    ? number
    : refuse(`${what} is ${JSON.stringify(value)}; allowed: 0 to ${most}.`);
}

function oneOf<const T extends string>(what: string, value: string, allowed: readonly T[]): T {
  const match = allowed.find((candidate) => candidate === value);
  return match ?? refuse(`${what} is ${JSON.stringify(value)}; allowed: ${allowed.join(", ")}.`);
}

function refuse(message: string): never {
  throw new AppError("invalid-configuration", message);
}
