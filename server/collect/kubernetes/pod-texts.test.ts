import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { recordedItems, recordedText } from "../../testing/replay/recorded-cluster.ts";
import { dropManagedFields } from "./drop-managed-fields.ts";
import { Interner } from "./interner.ts";
import { parsePage, splitPage } from "./list-page.ts";
import { resolveWorkloads } from "./owners.ts";
import { MalformedItem } from "./parse-json.ts";
import { PodTexts } from "./pod-texts.ts";
import { projectPod } from "./project-pod.ts";

type Pod = { metadata: Record<string, unknown>; spec: Record<string, unknown>; status: Record<string, unknown> };
const resolve = resolveWorkloads({ replicaSets: null, jobs: null });

/** Both ways over the same texts, one after the other, so that later texts meet what earlier ones left behind. */
function bothWays(texts: readonly string[]) {
  const quick = new PodTexts(new Interner(), resolve);
  const whole = new Interner();
  return {
    quick: texts.map((text) => quick.project(text)),
    whole: texts.map((text) => projectPod(JSON.parse(text), whole, resolve)),
  };
}
function aPodText(change: (pod: Pod) => void, replica = 0): string {
  const container = { name: "app", image: "app:1", args: ["--level=2"], resources: { requests: { cpu: "1" } } };
  const running = { running: { startedAt: `2026-11-22T06:00:0${replica}Z` } };
  const pod: Pod = {
    metadata: { name: `web-${replica}`, namespace: "shop", uid: `u${replica}`, labels: { app: "web" } },
    spec: {
      volumes: [{ name: `kube-api-access-abcd${replica}`, projected: { sources: [{ serviceAccountToken: {} }] } }],
      containers: [container],
      nodeName: `node-${replica}`,
    },
    status: {
      phase: "Running",
      startTime: "2026-11-22T06:00:00Z",
      containerStatuses: [
        { name: "app", state: running, ready: true, restartCount: 0, containerID: `containerd://${replica}` },
      ],
      qosClass: "Burstable",
    },
  };
  change(pod);
  return JSON.stringify(pod);
}

describe("pods from their texts", () => {
  it("are the pods that the recorded cluster has", () => {
    const page = dropManagedFields(Buffer.from(recordedText("core-v1-pods.json")));
    const texts = splitPage(page)?.texts ?? [];
    expect(texts).toHaveLength(recordedItems("core-v1-pods.json").length);
    const { quick, whole } = bothWays(texts);
    expect(quick).toEqual(whole);
  });

  it("share what replicas repeat, and keep what is each one's own", () => {
    const { quick, whole } = bothWays([0, 1, 2].map((replica) => aPodText(() => undefined, replica)));
    expect(quick).toEqual(whole);
    expect(new Set(quick.map((pod) => pod.template)).size).toBe(1);
    expect(quick.map((pod) => pod.nodeName)).toEqual(["node-0", "node-1", "node-2"]);
  });

  it.each<[string, (pod: Pod, replica: number) => void]>([
    ["selects nodes by a label called nodeName", (pod, n) => (pod.spec.nodeSelector = { nodeName: `x${n}` })],
    ["waits for a node with such a selector", (pod, n) => (pod.spec = { nodeSelector: { nodeName: `x${n}` } })],
    ["waits for a node", (pod) => delete pod.spec.nodeName],
    ["has a node name with an escape", (pod, n) => (pod.spec.nodeName = `a"b\\${n}`)],
    [
      "has a container named as a token volume",
      (pod, n) => (pod.spec.containers = [{ name: `kube-api-access-abcd${n}` }]),
    ],
    [
      "has AppArmor annotations",
      (pod, n) =>
        (pod.metadata.annotations = { "container.apparmor.security.beta.kubernetes.io/app": `localhost/p${n}` }),
    ],
    ["has no container status", (pod) => delete pod.status.containerStatuses],
    [
      "has statuses of init containers",
      (pod, n) => (pod.status = { initContainerStatuses: [{ name: `i${n}` }], ...pod.status }),
    ],
    ["has init containers after the others", (pod, n) => (pod.status.initContainerStatuses = [{ name: `i${n}` }])],
    [
      "ended at its own time",
      (pod, n) =>
        (pod.status.containerStatuses = [
          { name: "app", state: { terminated: { exitCode: n, finishedAt: `2026-11-22T06:00:0${n}Z` } } },
        ]),
    ],
    ["writes status before spec", (pod) => Object.assign(pod, { spec: undefined, z: pod.spec })],
    ["speaks of status and spec in a text", (pod) => (pod.metadata.annotations = { note: ',"spec":{,"status":{' })],
  ])("is the same pod when it %s", (_, change) => {
    const { quick, whole } = bothWays([0, 1, 2].map((replica) => aPodText((pod) => change(pod, replica), replica)));
    expect(quick).toEqual(whole);
  });

  it("is the same pod whatever stands in its texts", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.string(), fc.jsonValue()), { maxLength: 6 }), (values) => {
        const texts = values.map(([label, argument, extra], replica) =>
          aPodText((pod) => {
            pod.metadata.labels = { app: label };
            pod.spec.containers = [{ name: "app", args: [`--x=${argument}`], extra }];
            pod.status.message = argument;
          }, replica % 10),
        );
        const { quick, whole } = bothWays(texts);
        expect(quick).toEqual(whole);
      }),
    );
  });

  it("are refused as before", () => {
    const texts = new PodTexts(new Interner(), resolve);
    expect(() => texts.project(aPodText((pod) => delete pod.metadata.name))).toThrow(MalformedItem);
    expect(() => texts.project(aPodText(() => undefined).slice(0, -1))).toThrow(SyntaxError);
  });
});

describe("a page as texts", () => {
  const page = (items: string) =>
    Buffer.from(`{"kind":"PodList","metadata":{"resourceVersion":"7"},"items":[${items}]}\n`);
  it("holds the items of the whole page", () => {
    const bytes = page('{"metadata":{"name":"ä"}},{"metadata":{"name":"b"},"x":[1]}');
    const split = splitPage(bytes);
    expect(split?.texts.map((text) => JSON.parse(text))).toEqual(parsePage(bytes).items);
    expect(split).toMatchObject({ resourceVersion: "7", continueToken: null });
  });

  it("has a piece that does not parse when an item holds a list that looks like a list of items", () => {
    const bytes = page('{"metadata":{"name":"a"},"x":[{"metadata":{}},{"metadata":{}}]}');
    expect(() => splitPage(bytes)?.texts.map((text) => JSON.parse(text))).toThrow(SyntaxError);
    expect(parsePage(bytes).items).toHaveLength(1);
  });

  it.each([
    ["is empty", page("")],
    ["has items of another form", page('{"kind":"Pod","metadata":{}}')],
    ["breaks off", Buffer.from('{"metadata":{},"items":[{"metadata":{')],
    ["is a web page", Buffer.from("<html>")],
  ])("is not cut when it %s", (_, bytes) => expect(splitPage(bytes)).toBeNull());
});
