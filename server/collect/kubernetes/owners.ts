import type { ObjectRef } from "../../domain/snapshot.ts";
import type { ResolveWorkload } from "./project-pod.ts";

export type OwnerIndex = {
  /** `namespace/name` of a ReplicaSet → its controller, `null` when it has none. `null` map = list not read. */
  readonly replicaSets: ReadonlyMap<string, ObjectRef | null> | null;
  /** `namespace/name` of a Job → its CronJob. `null` map = list not read. */
  readonly jobs: ReadonlyMap<string, ObjectRef | null> | null;
};

export function ownerKey(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

/**
 * The top of the chain pod → ReplicaSet → Deployment (or Rollout …), pod → Job → CronJob, pod → anything else.
 *
 * A ReplicaSet that is not in the list (created after it, or the list was refused) and is named
 * `<deployment>-<pod-template-hash>` counts as its Deployment's: that is how the controller names them. Pods without an
 * owner, and static pods (owned by their Node), stand for themselves.
 */
export function resolveWorkloads(index: OwnerIndex): ResolveWorkload {
  const memo = new Map<ObjectRef, ObjectRef>();
  return (owner, pod) => {
    if (owner === null || owner.kind === "Node") return { kind: "Pod", namespace: pod.namespace, name: pod.name };
    const known = memo.get(owner);
    if (known !== undefined) return known;
    const top = topOf(owner, pod.hash, index);
    memo.set(owner, top);
    return top;
  };
}

function topOf(owner: ObjectRef, hash: string | null, index: OwnerIndex): ObjectRef {
  const key = ownerKey(owner.namespace, owner.name);
  if (owner.kind === "ReplicaSet") {
    const controller = index.replicaSets?.get(key);
    if (controller === null) return owner;
    if (controller !== undefined) return controller;
    const suffix = hash === null ? null : `-${hash}`;
    if (suffix !== null && owner.name.endsWith(suffix) && owner.name.length > suffix.length) {
      return { kind: "Deployment", namespace: owner.namespace, name: owner.name.slice(0, -suffix.length) };
    }
    return owner;
  }
  if (owner.kind === "Job") return index.jobs?.get(key) ?? owner;
  return owner;
}
