import { isAtLeast } from "../gates/version.ts";
import type { Schema } from "./schema-check.ts";

/**
 * Strict schemas of the configuration files that no API server checks, for the fields that Sluice writes and those next
 * to them. A field that is not here is an error, so a typing error in a manifest cannot pass.
 */
const text: Schema = { type: "string" };
const flag: Schema = { type: "boolean" };
const texts: Schema = { type: "array", items: text };
const only = (...values: readonly string[]): Schema => ({ type: "string", enum: values });

export const KUBELET_CONFIGURATION: Schema = {
  type: "object",
  required: ["apiVersion", "kind"],
  properties: {
    apiVersion: only("kubelet.config.k8s.io/v1beta1"),
    kind: only("KubeletConfiguration"),
    featureGates: { type: "object", additionalProperties: flag },
    failSwapOn: flag,
    failCgroupV1: flag,
    memorySwap: { type: "object", properties: { swapBehavior: only("", "NoSwap", "LimitedSwap") } },
    memoryThrottlingFactor: { type: "number" },
    memoryReservationPolicy: only("None", "TieredReservation"),
    cpuManagerPolicy: only("none", "static"),
    memoryManagerPolicy: only("None", "Static"),
    cpuCFSQuota: flag,
    cpuCFSQuotaPeriod: text,
    singleProcessOOMKill: flag,
  },
};

const authenticationConfiguration = (version: string): Schema => ({
  type: "object",
  required: ["apiVersion", "kind"],
  properties: {
    apiVersion: only(`apiserver.config.k8s.io/${version}`),
    kind: only("AuthenticationConfiguration"),
    anonymous: {
      type: "object",
      required: ["enabled"],
      properties: {
        enabled: flag,
        conditions: { type: "array", items: { type: "object", required: ["path"], properties: { path: text } } },
      },
    },
  },
});

const tokenAttributes = (hasCacheType: boolean): Schema => ({
  type: "object",
  required: ["serviceAccountTokenAudience", "requireServiceAccount", ...(hasCacheType ? ["cacheType"] : [])],
  properties: {
    serviceAccountTokenAudience: text,
    ...(hasCacheType ? { cacheType: only("Token", "ServiceAccount") } : {}),
    requireServiceAccount: flag,
    requiredServiceAccountAnnotationKeys: texts,
    optionalServiceAccountAnnotationKeys: texts,
  },
});

const credentialProviderConfig = (tokens: "none" | "alpha" | "beta"): Schema => ({
  type: "object",
  required: ["apiVersion", "kind", "providers"],
  properties: {
    apiVersion: only("kubelet.config.k8s.io/v1"),
    kind: only("CredentialProviderConfig"),
    providers: {
      type: "array",
      items: {
        type: "object",
        required: ["name", "matchImages", "defaultCacheDuration", "apiVersion"],
        properties: {
          name: text,
          matchImages: texts,
          defaultCacheDuration: text,
          apiVersion: only("credentialprovider.kubelet.k8s.io/v1"),
          args: texts,
          ...(tokens === "none" ? {} : { tokenAttributes: tokenAttributes(tokens === "beta") }),
        },
      },
    },
  },
});

/**
 * The schema of a configuration format for a minor. Providers know no tokens before 1.33; there `tokenAttributes` is alpha and has no
 * `cacheType`, which from 1.34 (beta) on must be told. Authentication v1 came with 1.34 as well.
 */
export function configSchema(
  format: "kubelet-config" | "apiserver-config" | "credential-provider-config",
  minor: string,
): Schema {
  const isFrom134 = isAtLeast(minor, "1.34") === true;
  switch (format) {
    case "kubelet-config":
      return KUBELET_CONFIGURATION;
    case "apiserver-config":
      return authenticationConfiguration(isFrom134 ? "v1" : "v1beta1");
    case "credential-provider-config":
      return credentialProviderConfig(isAtLeast(minor, "1.33") !== true ? "none" : isFrom134 ? "beta" : "alpha");
  }
}
