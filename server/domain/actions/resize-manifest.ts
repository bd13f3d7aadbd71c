export type ResizeTarget = {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  readonly podCount: number;
  readonly cpuCores: number | null;
  readonly memoryBytes: number | null;
};

const TEMPLATED: readonly string[] = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"];

/**
 * The new requests of a workload as a patch, per pod; null for kinds whose template cannot be changed in place.
 *
 * Unit: millicores and mebibytes, rounded up. The patch names the pod as a whole (`spec.resources`, from 1.34 on by default): how it
 * is divided among containers is the owner's to say. Errors: none.
 */
export function resizeManifest(target: ResizeTarget): string | null {
  if (!TEMPLATED.includes(target.kind) || target.podCount < 1) return null;
  const cpu = target.cpuCores === null ? null : Math.max(1, Math.ceil((target.cpuCores / target.podCount) * 1000));
  const memory =
    target.memoryBytes === null ? null : Math.max(1, Math.ceil(target.memoryBytes / target.podCount / 2 ** 20));
  const requests = [
    ...(cpu === null ? [] : [`            cpu: ${cpu}m`]),
    ...(memory === null ? [] : [`            memory: ${memory}Mi`]),
  ];
  if (requests.length === 0) return null;
  return `# Requests of one pod, for all its containers together (pod-level resources, 1.34 and newer).
# Before that, or with one container, put the same lines on the container.
apiVersion: apps/v1
kind: ${target.kind}
metadata:
  namespace: ${JSON.stringify(target.namespace)}
  name: ${JSON.stringify(target.name)}
spec:
  template:
    spec:
      resources:
        requests:
${requests.map((line) => line.slice(2)).join("\n")}
`;
}
