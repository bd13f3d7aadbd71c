import type { RecordedObject } from "./recorded-cluster.ts";

export type ReplayFault =
  /** Answers this status. */
  | { readonly kind: "status"; readonly status: number; readonly retryAfterSeconds?: number }
  | { readonly kind: "html" | "garbage" | "empty" | "redirect" }
  | { readonly kind: "hang" | "reset" }
  /** Announces gzip and sends the first half of it. */
  | { readonly kind: "truncated-gzip" }
  | { readonly kind: "slow"; readonly delayMs: number }
  /** Another body with status 200. */
  | { readonly kind: "body"; readonly body: string; readonly contentType?: string };
export type ReplayRule = {
  /** Path prefix (`/api/v1/pods`), or a pattern over path and query. */
  readonly path: string | RegExp;
  readonly fault: ReplayFault;
  /** How often it applies; for ever when not given. */
  readonly times?: number;
};
export type ReplayOptions = {
  readonly token?: string;
  readonly port?: number;
  /** Largest page, whatever the client asks for: small values exercise paging. */
  readonly maxPageSize?: number;
  /** Plays the kubelet's own port instead of the API server. */
  readonly role?: "api-server" | "kubelet";
  /** Resources ("nodes", "deployments", "nodes/proxy") and paths ("/metrics") that are refused with 403, as recorded. */
  readonly forbidden?: readonly string[];
  readonly rules?: readonly ReplayRule[];
  /** Lists (by path) whose second page answers 410 once. */
  readonly expireOnce?: readonly string[];
  /** What requests without a credential get: nothing (401), the health endpoints, or everything (as the recorded binding says). */
  readonly anonymous?: "off" | "health-only" | "open";
  /** Answers plain discovery, as servers before 1.26 do. */
  readonly legacyDiscovery?: boolean;
  /** Groups ("metrics.k8s.io/v1beta1") that are registered and do not answer. */
  readonly staleGroups?: readonly string[];
  /** Replaces or adds lists by path: an object is the whole answer. */
  readonly lists?: Readonly<Record<string, RecordedObject>>;
  /** Other pages by path, as text. */
  readonly pages?: Readonly<Record<string, string>>;
};
export type ReplayRequest = {
  readonly path: string;
  readonly query: string;
  readonly hasToken: boolean;
  readonly authorization: string | undefined;
  readonly accept: string | undefined;
  readonly acceptsGzip: boolean;
  readonly status: number;
};
export type Replay = {
  readonly url: string;
  readonly port: number;
  readonly token: string;
  readonly caFile: string;
  readonly otherCaFile: string;
  readonly tokenFile: string;
  readonly kubeconfigFile: string;
  /** Newest last. */
  readonly requests: readonly ReplayRequest[];
  /** Faults from now on, in front of those there are. */
  addRule(rule: ReplayRule): void;
  clearRules(): void;
  /** The token that is accepted from now on; the file is not touched. */
  setToken(token: string): void;
  stop(): Promise<void>;
};
