import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PodFacts } from "../../domain/snapshot.ts";
import { recordedItems, recordedText } from "../../testing/replay/recorded-cluster.ts";
import { dropManagedFields } from "./drop-managed-fields.ts";
import { Interner } from "./interner.ts";
import { cutHead, nextItemAt } from "./list-page.ts";
import { resolveWorkloads } from "./owners.ts";
import { MalformedItem } from "./parse-json.ts";
import { PodScanner } from "./pod-scanner.ts";
import { projectPod } from "./project-pod.ts";

type Json = Record<string, unknown>;
type Pod = { metadata: Json; spec: Json; status: Json };
const resolve = resolveWorkloads({ replicaSets: null, jobs: null });

function scanned(page: Buffer): PodFacts[] {
  const scanner = new PodScanner(new Interner(), resolve);
  const pods: PodFacts[] = [];
  const first = cutHead(page)?.firstItemAt ?? null;
  for (let at = first; at !== null; at = nextItemAt(page, scanner.end)) pods.push(scanner.scan(page, at));
  return pods;
}
function projected(texts: readonly string[]): PodFacts[] {
  const interner = new Interner();
  return texts.map((text) => projectPod(JSON.parse(text), interner, resolve));
}
function pageOf(texts: readonly string[]): Buffer {
  return Buffer.from(`{"kind":"PodList","metadata":{"resourceVersion":"7"},"items":[${texts.join(",")}]}\n`);
}

/** A pod as controllers make them; replicas differ where real ones do. */
function aPod(replica: number): Pod {
  const moment = `2026-11-22T06:00:${String(replica % 60).padStart(2, "0")}Z`;
  const status = (name: string) => ({
    name,
    state: { running: { startedAt: moment } },
    ready: true,
    restartCount: 0,
    containerID: `containerd://${replica}`,
  });
  return {
    metadata: {
      name: `web-7d4b9-${replica}`,
      generateName: "web-7d4b9-",
      namespace: "shop",
      uid: `uid-${replica}`,
      resourceVersion: String(1000 + replica),
      creationTimestamp: moment,
      labels: { app: "web", "pod-template-hash": "7d4b9", "apps.kubernetes.io/pod-index": String(replica) },
      annotations: { "cni/podIP": `10.1.0.${replica}/32` },
      ownerReferences: [{ kind: "ReplicaSet", name: "web-7d4b9", uid: "r", controller: true }],
    },
    spec: {
      volumes: [{ name: `kube-api-access-abcd${replica % 10}`, projected: { sources: [{ serviceAccountToken: {} }] } }],
      containers: [
        {
          name: "app",
          image: "app:1",
          resources: { requests: { cpu: "1" } },
          volumeMounts: [{ name: `kube-api-access-abcd${replica % 10}`, mountPath: "/var/run" }],
        },
      ],
      nodeName: `node-${replica}`,
    },
    status: {
      phase: "Running",
      conditions: [
        { type: "Initialized", status: "True", lastTransitionTime: moment },
        { type: "Ready", status: "True", lastProbeTime: null, lastTransitionTime: moment },
        { type: "example.org/gate", status: "False", reason: "Waiting", lastTransitionTime: moment },
      ],
      podIP: `10.1.0.${replica}`,
      podIPs: [{ ip: `10.1.0.${replica}` }],
      startTime: moment,
      initContainerStatuses: [status("init")],
      containerStatuses: [status("app")],
      qosClass: "Burstable",
    },
  };
}
function changed(replica: number, change: (pod: Pod, replica: number) => void): string {
  const pod = aPod(replica);
  change(pod, replica);
  return JSON.stringify(pod);
}

describe("pods from the bytes of a page", () => {
  it("are the pods that the recorded cluster has", () => {
    const texts = recordedItems("core-v1-pods.json").map((item) => JSON.stringify(item));
    expect(scanned(dropManagedFields(Buffer.from(recordedText("core-v1-pods.json"))))).toEqual(projected(texts));
    expect(scanned(pageOf([...texts, ...texts, ...texts.toReversed()]))).toEqual(
      projected([...texts, ...texts, ...texts.toReversed()]),
    );
  });

  it("share what replicas repeat, and keep what is each one's own", () => {
    const texts = [0, 1, 2].map((replica) => changed(replica, () => undefined));
    const pods = scanned(pageOf(texts));
    expect(pods).toEqual(projected(texts));
    expect(new Set(pods.map((pod) => pod.template)).size).toBe(1);
    expect(pods.map((pod) => [pod.name, pod.uid, pod.nodeName, pod.podIp])).toEqual(
      [0, 1, 2].map((n) => [`web-7d4b9-${n}`, `uid-${n}`, `node-${n}`, `10.1.0.${n}`]),
    );
  });

  it.each<[string, (pod: Pod, replica: number) => void]>([
    ["waits for a node", (pod, n) => n === 1 && delete pod.spec.nodeName],
    ["has an empty node name", (pod, n) => (pod.spec.nodeName = n === 1 ? "" : `node-${n}`)],
    ["has a node name with an escape", (pod, n) => (pod.spec.nodeName = `a"b\\${n}`)],
    ["has a name outside ASCII", (pod, n) => (pod.metadata.name = `wéb-${n}`)],
    [
      "is ready on some nodes only",
      (pod, n) => (pod.status.conditions = [{ type: "Ready", status: n ? "True" : "False" }]),
    ],
    [
      "has other conditions first",
      (pod, n) =>
        (pod.status.conditions = [null, "x", { type: "Ready", status: "False", lastTransitionTime: `t${n}` }]),
    ],
    ["has a moment that is none", (pod, n) => (pod.metadata.creationTimestamp = `soon-${n}`)],
    ["ends at its own time", (pod, n) => (pod.metadata.deletionTimestamp = `2026-11-22T07:00:0${n}Z`)],
    ["asks for more each time", (pod, n) => (pod.spec.overhead = { cpu: String(n) })],
    [
      "has its own claim",
      (pod, n) => (pod.spec.volumes = [{ name: "d", persistentVolumeClaim: { claimName: `d-${n}` } }]),
    ],
    ["has its own team", (pod, n) => (pod.metadata.labels = { team: `t${n}` })],
    [
      "has AppArmor annotations",
      (pod, n) =>
        (pod.metadata.annotations = { "container.apparmor.security.beta.kubernetes.io/app": `localhost/p${n}` }),
    ],
    ["is owned by a node", (pod) => (pod.metadata.ownerReferences = [{ kind: "Node", name: "n", controller: true }])],
    ["has no owner", (pod) => delete pod.metadata.ownerReferences],
    ["restarts", (pod, n) => (pod.status.containerStatuses = [{ name: "app", restartCount: n, ready: n > 1 }])],
    ["is named by a container", (pod, n) => (pod.spec.containers = [{ name: `web-7d4b9-${n}`, image: `i:${n}` }])],
    ["names fields elsewhere", (pod, n) => (pod.spec.nodeSelector = { nodeName: `x${n}`, podIP: `y${n}` })],
    ["has strings where objects belong", (pod, n) => Object.assign(pod, { status: `s${n}` })],
    [
      "has lists where objects belong",
      (pod, n) => Object.assign(pod.status, { podIP: [`a${n}`], startTime: { a: n } }),
    ],
  ])("are the same when one %s", (_, change) => {
    const texts = [0, 1, 2, 1, 0].map((replica) => changed(replica, change));
    expect(scanned(pageOf(texts))).toEqual(projected(texts));
  });

  it("are the same when a key is written twice, or with escapes", () => {
    const twice = (n: number) => changed(n, () => undefined).replace('"uid":"uid-', '"uid":"other","uid":"uid-');
    const whole = (n: number) =>
      `${changed(n, () => undefined).slice(0, -1)},"metadata":{"name":"b${n}","namespace":"s"}}`;
    const escaped = (n: number) => changed(n, () => undefined).replace('"podIP"', '"pod\\u0049P"');
    for (const write of [twice, whole, escaped]) {
      const texts = [0, 1, 2].map(write);
      expect(scanned(pageOf(texts))).toEqual(projected(texts));
    }
  });

  it("are the same with spaces, whatever is written", () => {
    const texts = [0, 1, 2].map((n) => JSON.stringify(aPod(n), null, 2));
    expect(scanned(pageOf(texts))).toEqual(projected(texts));
  });

  it("are the same whatever stands at any place of them", () => {
    const places = placesOf(aPod(0));
    const change = fc.record({
      place: fc.constantFrom(...places),
      value: fc.oneof(
        fc.jsonValue({ maxDepth: 2 }),
        fc.string(),
        fc.constantFrom("", "2026-01-01T00:00:00Z", "node-1", '"', "\\"),
      ),
      isDeleted: fc.boolean(),
    });
    const replicas = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.array(change, { maxLength: 3 })), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(replicas, (pods) => {
        const texts = pods.map(([replica, changes]) => {
          const pod = aPod(replica);
          for (const one of changes) put(pod, one.place, one.value, one.isDeleted);
          return JSON.stringify(pod);
        });
        expect(outcome(() => scanned(pageOf(texts)))).toEqual(outcome(() => projected(texts)));
      }),
      { numRuns: 400 },
    );
  });

  it("are refused when the bytes are not JSON, wherever they break", () => {
    const page = pageOf([0, 1, 2].map((replica) => changed(replica, () => undefined)));
    fc.assert(
      fc.property(fc.integer({ min: page.indexOf(0x5b) + 2, max: page.byteLength - 4 }), (length) => {
        expect(() => scanned(page.subarray(0, length))).toThrow(SyntaxError);
      }),
    );
  });

  it("go on behind one that cannot be read", () => {
    const texts = [0, 1].map((replica) => changed(replica, (pod, n) => n === 0 && delete pod.metadata.name));
    const page = pageOf(texts);
    const scanner = new PodScanner(new Interner(), resolve);
    expect(() => scanner.scan(page, cutHead(page)?.firstItemAt ?? 0)).toThrow(MalformedItem);
    expect(scanner.scan(page, nextItemAt(page, scanner.end) ?? 0)).toEqual(projected(texts.slice(1))[0]);
  });
});

function outcome(work: () => PodFacts[]): unknown {
  try {
    return work();
  } catch (error) {
    return error instanceof MalformedItem ? "malformed" : "not readable";
  }
}

type Place = readonly (string | number)[];
function placesOf(value: unknown, place: Place = []): Place[] {
  if (typeof value !== "object" || value === null) return [place];
  return [
    ...(place.length === 0 ? [] : [place]),
    ...Object.entries(value).flatMap(([key, inner]) => placesOf(inner, [...place, key])),
  ];
}
function put(pod: object, place: Place, value: unknown, isDeleted: boolean): void {
  let target: unknown = pod;
  for (const key of place.slice(0, -1)) target = Reflect.get(Object(target), key);
  const last = place.at(-1);
  if (typeof target !== "object" || target === null || last === undefined) return;
  if (isDeleted) Reflect.deleteProperty(target, last);
  else Reflect.set(target, last, value);
}
