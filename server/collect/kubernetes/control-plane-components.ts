import type { SourceRecord } from "../../domain/coverage.ts";
import type { ComponentReading, ControlPlaneSample, DeprecatedApiUseFacts } from "../../domain/snapshot.ts";
import { rbacOfPath } from "./api-calls.ts";
import { readControlPlanePage } from "./api-server-page.ts";
import type { KubernetesConnection } from "./connection.ts";
import type { ComponentPod } from "./control-plane-pods.ts";
import { readFlagz } from "./flagz.ts";
import { type GateMaps, parseGateFlag } from "./gates-page.ts";
import type { HttpSource } from "./http-source.ts";
import { SourceError } from "./source-error.ts";
import { asSourceError, failedRecord, okRecord } from "./source-records.ts";

type ControlPlaneComponent = "kube-apiserver" | "kube-controller-manager" | "kube-scheduler";

export type ComponentTarget = {
  readonly component: ControlPlaneComponent;
  readonly source: string;
  /** Host and port for people; "" for the API server behind its own address, which may be any replica. */
  readonly instance: string;
  readonly open: () => Promise<OpenTarget>;
};
type OpenTarget = {
  readonly http: HttpSource;
  readonly path: string;
  readonly flagzPath: string | null;
  /** Opened for this read, and to be closed after it. */
  readonly isOwn: boolean;
};

export type ComponentPage = {
  readonly reading: ComponentReading;
  readonly samples: readonly ControlPlaneSample[];
  readonly deprecatedApis: readonly DeprecatedApiUseFacts[];
  readonly records: readonly SourceRecord[];
  readonly error: SourceError | null;
};

/** Which pages of the control plane can be asked: the API server's own, or the endpoints that the configuration names. */
export function controlPlaneTargets(connection: KubernetesConnection): readonly ComponentTarget[] {
  const config = connection.config.controlPlane ?? {};
  const named = (component: ControlPlaneComponent, address: string): ComponentTarget => ({
    component,
    source: `component:${component} ${hostOf(address)}`,
    instance: hostOf(address),
    open: () => openNamed(connection, component, address, config.caFile),
  });
  const apiServers = (config.apiServers ?? []).filter((address) => address !== "");
  return [
    ...(apiServers.length > 0
      ? apiServers.map((address) => named("kube-apiserver", address))
      : [
          {
            component: "kube-apiserver",
            source: "component:kube-apiserver",
            instance: "",
            open: async () => ({ http: connection.api, path: "/metrics", flagzPath: "/flagz", isOwn: false }),
          } satisfies ComponentTarget,
        ]),
    ...(config.controllerManager ? [named("kube-controller-manager", config.controllerManager)] : []),
    ...(config.scheduler ? [named("kube-scheduler", config.scheduler)] : []),
  ];
}

async function openNamed(
  connection: KubernetesConnection,
  component: ControlPlaneComponent,
  address: string,
  caFile: string | undefined,
): Promise<OpenTarget> {
  const url = new URL(address);
  const path = url.pathname === "/" ? "/metrics" : url.pathname;
  const http = await connection.openEndpoint({ baseUrl: url.origin, caFile, sendCredentials: true });
  // Only the standard page has a sibling; behind another path there may be any proxy.
  return {
    http,
    path,
    flagzPath: component === "kube-apiserver" && path === "/metrics" ? "/flagz" : null,
    isOwn: true,
  };
}

/** One component's page: gates, version, figures; explicit gates from `/flagz` where it is structured. */
export async function readComponent(
  target: ComponentTarget,
  gateMaps: GateMaps,
  now: () => Date,
  signal: AbortSignal | undefined,
): Promise<ComponentPage> {
  const startedAt = now();
  const reading: ComponentReading = {
    component: target.component,
    instance: target.instance,
    version: null,
    gates: null,
    explicit: null,
    explicitSource: null,
    source: null,
    unread: null,
    readAt: startedAt,
  };
  let opened: OpenTarget | null = null;
  try {
    opened = await target.open();
    const { http, path, flagzPath } = opened;
    const stream = await http.readStream(path, {
      rbac: rbacOfPath("/metrics"),
      ...(signal === undefined ? {} : { signal }),
    });
    const page = await readControlPlanePage(target.component, stream.chunks);
    const gates = gateMaps.share(page.gates.gates());
    const damage = page.summary.malformedCount > 0 ? `${page.summary.malformedCount} lines could not be read` : null;
    const record = okRecord(target.source, "component", startedAt, now(), {
      status: damage === null && !page.isCut ? "ok" : "partial",
      reason: damage === null && !page.isCut ? null : "partial",
      detail: damage ?? (page.isCut ? "more series than are kept" : null),
      objectCount: page.summary.sampleCount,
      skippedCount: page.summary.malformedCount,
      receivedBytes: stream.receivedBytes(),
    });
    const flags = flagzPath === null ? null : await readExplicit(http, flagzPath, now, signal);
    return {
      reading: {
        ...reading,
        version: page.gates.version(),
        gates,
        source: gates === null ? null : "component-metrics",
        explicit: flags?.explicit ?? null,
        explicitSource: flags?.explicit == null ? null : "flagz",
        unread: gates === null ? { reason: "malformed", detail: "the page names no feature gate" } : null,
        readAt: now(),
      },
      samples: page.samples,
      deprecatedApis: page.deprecatedApis,
      records: flags === null ? [record] : [record, flags.record],
      error: null,
    };
  } catch (thrown) {
    const error = thrown instanceof TypeError ? notAnAddress(thrown) : asSourceError(thrown);
    return {
      reading: { ...reading, unread: unreadBecause(error), readAt: now() },
      samples: [],
      deprecatedApis: [],
      records: [failedRecord(target.source, "component", startedAt, now(), error)],
      error,
    };
  } finally {
    if (opened?.isOwn === true) await opened.http.close();
  }
}

async function readExplicit(
  http: HttpSource,
  path: string,
  now: () => Date,
  signal: AbortSignal | undefined,
): Promise<{ explicit: ReadonlyMap<string, boolean> | null; record: SourceRecord }> {
  const startedAt = now();
  try {
    const flagz = await readFlagz(http, path, signal === undefined ? {} : { signal });
    if (flagz === null) {
      const detail = "no structured flag page (1.35 and later, where its gate is on)";
      return {
        explicit: null,
        record: okRecord("GET /flagz", "component", startedAt, now(), { status: "not-served", detail }),
      };
    }
    return {
      explicit: parseGateFlag(flagz.flags.get("feature-gates") ?? ""),
      record: okRecord("GET /flagz", "component", startedAt, now(), {
        objectCount: flagz.flags.size,
        receivedBytes: flagz.receivedBytes,
      }),
    };
  } catch (thrown) {
    return { explicit: null, record: failedRecord("GET /flagz", "component", startedAt, now(), asSourceError(thrown)) };
  }
}

export function unreadBecause(error: SourceError): NonNullable<ComponentReading["unread"]> {
  return { reason: error.reason === "partial" ? "malformed" : error.reason, detail: error.message };
}

function notAnAddress(cause: TypeError): SourceError {
  return new SourceError("not-configured", "the configured endpoint is not a URL", {
    fix: { code: "configure-control-plane" },
    cause,
  });
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : "";
}

/**
 * Pages and pods of one component as instances. A page belongs to the pod at the same address, or to the only pod there is.
 * Pods without a page still tell version and explicit gates; a component with neither is one instance nobody can see.
 */
export function joinInstances(
  component: ControlPlaneComponent,
  pages: readonly ComponentReading[],
  pods: readonly ComponentPod[],
  readAt: Date,
): readonly ComponentReading[] {
  const free = new Set(pods);
  const joined = pages.map((page) => {
    const host = page.instance.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
    const pod =
      pods.find((candidate) => candidate.podIp === host) ??
      (pods.length === 1 && pages.length === 1 ? pods[0] : undefined);
    if (pod === undefined) return page;
    free.delete(pod);
    return {
      ...page,
      instance: pod.nodeName ?? pod.podName,
      version: page.version ?? pod.version,
      explicit: page.explicit ?? pod.explicit,
      explicitSource:
        page.explicit === null && pod.explicit !== null ? ("mirror-pod-args" as const) : page.explicitSource,
    };
  });
  for (const pod of free) joined.push(fromPod(pod, readAt));
  return joined.length > 0 ? joined : [unseen(component, readAt)];
}

export function fromPod(pod: ComponentPod, readAt: Date): ComponentReading {
  return {
    component: pod.component,
    instance: pod.nodeName ?? pod.podName,
    version: pod.version,
    gates: null,
    explicit: pod.explicit,
    explicitSource: pod.explicit === null ? null : "mirror-pod-args",
    source: null,
    unread: { reason: "not-configured", detail: "its own metrics page is not configured" },
    readAt,
  };
}

function unseen(component: ControlPlaneComponent, readAt: Date): ComponentReading {
  return {
    component,
    instance: "",
    version: null,
    gates: null,
    explicit: null,
    explicitSource: null,
    source: null,
    unread: { reason: "not-configured", detail: "no endpoint is configured and no pod of it is visible" },
    readAt,
  };
}
