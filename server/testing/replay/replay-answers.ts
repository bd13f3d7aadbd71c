import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { recordedText } from "./recorded-cluster.ts";
import type { ReplayFault } from "./replay-options.ts";

export type Answer = {
  readonly status: number;
  readonly body: string;
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
};

export const KUBELET_PATHS: Readonly<Record<string, readonly [file: string, contentType: string]>> = {
  "/metrics": ["kubelet-metrics.txt", "text/plain; version=0.0.4"],
  "/metrics/cadvisor": ["kubelet-metrics_cadvisor.txt", "text/plain; version=0.0.4"],
  "/metrics/resource": ["kubelet-metrics_resource.txt", "text/plain; version=0.0.4"],
  "/metrics/probes": ["kubelet-metrics_probes.txt", "text/plain; version=0.0.4"],
  "/stats/summary": ["kubelet-stats_summary.json", "application/json"],
  "/configz": ["kubelet-configz.json", "application/json"],
};

export function kubelet(path: string): Answer {
  const known = KUBELET_PATHS[path];
  return known === undefined
    ? { status: 404, body: "404 page not found\n", contentType: "text/plain" }
    : { status: 200, body: recordedText(known[0]), contentType: known[1] };
}

export function proxyUnavailable(node: string): Answer {
  const message = `error trying to reach service: dial tcp: lookup ${node}: no such host`;
  return json(
    JSON.stringify({
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message,
      reason: "ServiceUnavailable",
      code: 503,
    }),
    503,
  );
}

export type Target = { readonly name: string; readonly group: string; readonly isPath: boolean };
export function targetOf(path: string): Target {
  const proxied = /^\/api\/v1\/nodes\/[^/]+\/proxy(\/|$)/.test(path);
  if (proxied) return { name: "nodes/proxy", group: "", isPath: false };
  const match = /^\/api\/v1\/(?:namespaces\/[^/]+\/)?([^/]+)/.exec(path);
  if (match?.[1] !== undefined) return { name: match[1], group: "", isPath: false };
  const grouped = /^\/apis\/([^/]+)\/[^/]+\/(?:namespaces\/[^/]+\/)?([^/]+)/.exec(path);
  if (grouped?.[2] !== undefined) return { name: grouped[2], group: grouped[1] ?? "", isPath: false };
  return { name: path, group: "", isPath: true };
}

export function send(response: ServerResponse, answer: Answer, acceptsGzip: boolean): void {
  const isPacked = acceptsGzip && answer.body.length > 1024; // API servers leave short answers plain
  const body = isPacked ? gzipSync(answer.body, { level: 1 }) : Buffer.from(answer.body);
  response.writeHead(answer.status, {
    "content-type": answer.contentType,
    "content-length": body.byteLength,
    ...(isPacked ? { "content-encoding": "gzip" } : {}),
    ...answer.headers,
  });
  response.end(body);
}

export type Replacing = Extract<ReplayFault, { kind: "redirect" | "html" | "garbage" | "empty" | "body" }>;
export function replacement(fault: Replacing): Answer {
  switch (fault.kind) {
    case "redirect":
      return { status: 302, body: "", contentType: "text/plain", headers: { location: "https://127.0.0.1:1/" } };
    case "html":
      return { status: 200, body: "<!doctype html><html><body>Sign in</body></html>", contentType: "text/html" };
    case "garbage":
      return json('{"kind":"PodList","items":[{');
    case "empty":
      return json("");
    case "body":
      return { status: 200, body: fault.body, contentType: fault.contentType ?? "application/json" };
    default: {
      const never: never = fault;
      throw new Error(`unknown fault ${JSON.stringify(never)}`);
    }
  }
}

export function json(body: string, status = 200): Answer {
  return { status, body, contentType: "application/json" };
}
export function text(body: string): Answer {
  return { status: 200, body, contentType: "text/plain; charset=utf-8" };
}
export function metrics(body: string): Answer {
  return { status: 200, body, contentType: "text/plain; version=0.0.4; charset=utf-8" };
}
export function unauthorized(): Answer {
  return json(recordedText("error-401-bad-token.json"), 401);
}
export function notFoundStatus(): Answer {
  return json(recordedText("storage.k8s.io_v1beta1_volumeattributesclasses.json"), 404);
}
export function expired(): Answer {
  const message = "The provided continue parameter is too old to display a consistent list result.";
  return json(
    JSON.stringify({
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message,
      reason: "Expired",
      code: 410,
    }),
    410,
  );
}
export function statusAnswer(fault: Extract<ReplayFault, { kind: "status" }>): Answer {
  const body = JSON.stringify({
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message: "on demand",
    code: fault.status,
  });
  return {
    status: fault.status,
    body,
    contentType: "application/json",
    ...(fault.retryAfterSeconds === undefined ? {} : { headers: { "retry-after": String(fault.retryAfterSeconds) } }),
  };
}
