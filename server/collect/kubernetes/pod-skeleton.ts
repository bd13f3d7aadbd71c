import type { PodFacts } from "../../domain/snapshot.ts";
import { endOfObject, type JsonObject, requireObject } from "./parse-json.ts";
import { isKeptCondition, PER_POD_LABELS } from "./project-pod.ts";
import { APPARMOR_ANNOTATION } from "./project-pod-template.ts";

/** What the string in a hole becomes; a number is the place among the kept conditions whose moment it is. */
export type HoleField = "dropped" | "name" | "uid" | "createdAt" | "nodeName" | "startedAt" | "podIp" | number;
/** A string value inside the skeleton's bytes, without its quotes. */
export type Hole = { readonly from: number; readonly to: number; readonly field: HoleField };

/**
 * One pod's JSON as it was written, cut at the strings in which replicas differ. Bytes that agree with it everywhere but in
 * the holes are a pod that differs from `facts` in the holes' fields alone.
 */
export type PodSkeleton = {
  readonly bytes: Buffer;
  readonly holes: readonly Hole[];
  readonly facts: PodFacts;
  readonly templateHash: string | null;
};

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const SPACE = 0x20;
const FIRST_NON_ASCII = 0x80;
const SIZE_LIMIT_BYTES = 64 * 1024;
const ANNOTATION_LIMIT_BYTES = 64; // addresses and the like; longer ones are the same on all replicas, or are not worth it
const TOKEN_VOLUME_START = Buffer.from("kube-api-access-");

/** Which strings are holes: a field, a question about key and value, or the same one level down (a list's is its items'). */
type Holes = HoleField | "condition" | "hash" | HoleTree | ((key: string, value: Buffer) => boolean);
type HoleTree = { readonly [key: string]: Holes };

const ANY = "*";
const TOKEN_VOLUMES: HoleTree = { name: (_, value) => value.subarray(0, 16).equals(TOKEN_VOLUME_START) };
const CONTAINERS: HoleTree = { volumeMounts: TOKEN_VOLUMES };
const STATUSES: HoleTree = { containerID: "dropped", state: { running: { startedAt: "dropped" } } };
const ADDRESSES: HoleTree = { ip: "dropped" };
const POD: HoleTree = {
  metadata: {
    name: "name",
    uid: "uid",
    resourceVersion: "dropped",
    creationTimestamp: "createdAt",
    labels: { "pod-template-hash": "hash", [ANY]: (key) => PER_POD_LABELS.has(key) },
    annotations: {
      [ANY]: (key, value) => !key.startsWith(APPARMOR_ANNOTATION) && value.byteLength <= ANNOTATION_LIMIT_BYTES,
    },
  },
  spec: {
    nodeName: "nodeName",
    hostname: "dropped",
    volumes: TOKEN_VOLUMES,
    containers: CONTAINERS,
    initContainers: CONTAINERS,
  },
  status: {
    podIP: "podIp",
    hostIP: "dropped",
    startTime: "startedAt",
    podIPs: ADDRESSES,
    hostIPs: ADDRESSES,
    conditions: { lastTransitionTime: "condition" },
    containerStatuses: STATUSES,
    initContainerStatuses: STATUSES,
  },
};

/** Learns from a pod that was read whole, so its text is known to be JSON. `null` = a key is written twice or with escapes. */
export function learnPodSkeleton(json: Buffer, facts: PodFacts): PodSkeleton | null {
  if (json.byteLength > SIZE_LIMIT_BYTES) return null;
  const walk = new Walk(json);
  if (!walk.read(POD)) return null;
  const { holes, templateHash } = walk;
  return { bytes: Buffer.from(json), holes, facts, templateHash }; // its own memory: the page is dropped
}

class Walk {
  readonly holes: Hole[] = [];
  templateHash: string | null = null;
  readonly #json: Buffer;
  #at = 0;
  #keptCount = 0;
  #isConditionKept = false;

  constructor(json: Buffer) {
    this.#json = json;
  }

  read(holes: Holes | undefined): boolean {
    this.#skipSpace();
    const byte = this.#json[this.#at];
    if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      if (isTree(holes)) return byte === OPEN_OBJECT ? this.#object(holes) : this.#list(holes);
      this.#at = endOfObject(this.#json, this.#at); // the same bytes mean the same, whatever they mean
      return true;
    }
    if (byte === QUOTE) {
      this.#string(holes, "");
      return true;
    }
    while (!isEndOfWord(this.#json[this.#at])) this.#at += 1;
    return true;
  }

  #object(tree: HoleTree): boolean {
    const seen = new Set<string>();
    this.#at += 1;
    for (;;) {
      this.#skipSpace();
      const byte = this.#json[this.#at];
      if (byte === CLOSE_OBJECT) break;
      if (byte === COMMA) {
        this.#at += 1;
        continue;
      }
      const [from, to] = this.#quoted();
      const key = this.#json.toString("utf8", from, to);
      if (key.includes("\\") || seen.has(key)) return false;
      seen.add(key);
      this.#skipSpace();
      if (this.#json[this.#at] !== COLON) return false;
      this.#at += 1;
      const holes = Object.hasOwn(tree, key) ? tree[key] : tree[ANY];
      this.#skipSpace();
      if (this.#json[this.#at] === QUOTE) this.#string(holes, key);
      else if (!this.read(holes)) return false;
    }
    this.#at += 1;
    return true;
  }

  #list(tree: HoleTree): boolean {
    this.#at += 1;
    const isConditions = tree === POD_CONDITIONS;
    for (;;) {
      this.#skipSpace();
      const byte = this.#json[this.#at];
      if (byte === CLOSE_LIST) break;
      if (byte === COMMA) {
        this.#at += 1;
        continue;
      }
      const isObject = byte === OPEN_OBJECT;
      if (isConditions && isObject) this.#isConditionKept = isKeptCondition(this.#objectHere());
      if (!this.read(isObject ? tree : undefined)) return false;
      if (isConditions && isObject && this.#isConditionKept) this.#keptCount += 1;
    }
    this.#at += 1;
    return true;
  }

  #string(holes: Holes | undefined, key: string): void {
    const [from, to] = this.#quoted();
    if (holes === "hash") this.templateHash = this.#json.toString("utf8", from, to) || null;
    const field = this.#fieldOf(holes, key, from, to);
    if (field !== null && to > from && isPlain(this.#json, from, to)) this.holes.push({ from, to, field });
  }

  #fieldOf(holes: Holes | undefined, key: string, from: number, to: number): HoleField | null {
    if (holes === undefined || holes === "hash" || isTree(holes)) return null;
    if (typeof holes === "function") return holes(key, this.#json.subarray(from, to)) ? "dropped" : null;
    if (holes !== "condition") return holes;
    return this.#isConditionKept ? this.#keptCount : "dropped";
  }

  #objectHere(): JsonObject {
    const text = this.#json.toString("utf8", this.#at, endOfObject(this.#json, this.#at));
    return requireObject(JSON.parse(text));
  }

  /** The inside of the string that begins here; moves behind it. */
  #quoted(): readonly [number, number] {
    const from = this.#at + 1;
    let to = from;
    while (to < this.#json.byteLength && this.#json[to] !== QUOTE) to += this.#json[to] === BACKSLASH ? 2 : 1;
    this.#at = to + 1;
    return [from, to];
  }

  #skipSpace(): void {
    while ((this.#json[this.#at] ?? OPEN_OBJECT) <= SPACE) this.#at += 1;
  }
}

const POD_CONDITIONS = isTree(POD.status) ? POD.status.conditions : undefined;

function isTree(holes: Holes | undefined): holes is HoleTree {
  return typeof holes === "object";
}
function isEndOfWord(byte: number | undefined): boolean {
  return byte === undefined || byte <= SPACE || byte === COMMA || byte === CLOSE_LIST || byte === CLOSE_OBJECT;
}
/** Characters that stand for themselves, in JSON and in one byte. */
function isPlainByte(byte: number | undefined): boolean {
  return byte !== undefined && byte >= SPACE && byte < FIRST_NON_ASCII && byte !== BACKSLASH && byte !== QUOTE;
}
function isPlain(json: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (!isPlainByte(json[at])) return false;
  return true;
}
