import type { PodFacts } from "../../domain/snapshot.ts";
import type { Interner } from "./interner.ts";
import type { ItemScanner } from "./list-page.ts";
import { endOfObject } from "./parse-json.ts";
import { learnPodSkeleton, type PodSkeleton } from "./pod-skeleton.ts";
import { PodTexts } from "./pod-texts.ts";
import type { ResolveWorkload } from "./project-pod.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const FIRST_NON_ASCII = 0x80;
/** Pods are listed by name, so replicas follow each other; a few kinds take turns inside one workload. */
const SKELETON_LIMIT = 8;
const SHORT_BYTES = 40; // below this a loop beats the call

/**
 * Pods straight from a page's bytes. A pod that is written like one before it – replicas are, but for a dozen strings – is
 * compared with it and never parsed: most of the bytes are only ever seen by memcmp (measured: see bench/inventory-read).
 * Any other pod is read from its text, and learnt from. The answer is `projectPod`'s, always; a test holds the two together.
 */
export class PodScanner implements ItemScanner<PodFacts> {
  end = 0;
  readonly #interner: Interner;
  readonly #resolve: ResolveWorkload;
  readonly #texts: PodTexts;
  /** The one that fitted last comes first. */
  readonly #skeletons: PodSkeleton[] = [];
  #starts = new Int32Array(64);
  #ends = new Int32Array(64);

  constructor(interner: Interner, resolve: ResolveWorkload) {
    this.#interner = interner;
    this.#resolve = resolve;
    this.#texts = new PodTexts(interner, resolve);
  }

  /** The pod whose JSON begins at `from`; `end` is then behind it. Errors: SyntaxError, MalformedItem as `projectPod`. */
  scan(json: Buffer, from: number): PodFacts {
    for (let place = 0; place < this.#skeletons.length; place += 1) {
      const skeleton = this.#skeletons[place];
      const end = skeleton === undefined ? -1 : this.#fit(skeleton, json, from);
      if (skeleton === undefined || end === -1) continue;
      this.end = end;
      if (place > 0) this.#skeletons.unshift(...this.#skeletons.splice(place, 1));
      return this.#fill(skeleton, json);
    }
    this.end = endOfObject(json, from);
    const facts = this.#texts.project(json.toString("utf8", from, this.end));
    this.#learn(json.subarray(from, this.end), facts);
    return facts;
  }

  #learn(json: Buffer, facts: PodFacts): void {
    const skeleton = learnPodSkeleton(json, facts);
    if (skeleton === null) return;
    if (skeleton.holes.length > this.#starts.length) {
      this.#starts = new Int32Array(skeleton.holes.length * 2);
      this.#ends = new Int32Array(skeleton.holes.length * 2);
    }
    if (this.#skeletons.unshift(skeleton) > SKELETON_LIMIT) this.#skeletons.pop();
  }

  /** Position behind the pod, or -1. Notes where the holes' strings are. */
  #fit(skeleton: PodSkeleton, json: Buffer, from: number): number {
    const { bytes, holes } = skeleton;
    let at = from;
    let done = 0;
    for (let index = 0; index < holes.length; index += 1) {
      const hole = holes[index];
      if (hole === undefined) return -1;
      const length = hole.from - done;
      if (!isSame(json, at, bytes, done, length)) return -1;
      at += length;
      this.#starts[index] = at;
      const first = at;
      for (;;) {
        const byte = json[at];
        if (byte === QUOTE) break;
        if (byte === undefined || byte === BACKSLASH || byte < SPACE || byte >= FIRST_NON_ASCII) return -1;
        at += 1;
      }
      if (at === first) return -1; // an empty string may mean that there is none
      this.#ends[index] = at;
      done = hole.to;
    }
    const length = bytes.byteLength - done;
    return isSame(json, at, bytes, done, length) ? at + length : -1;
  }

  #fill(skeleton: PodSkeleton, json: Buffer): PodFacts {
    const { bytes, facts, holes } = skeleton;
    let { name, uid, nodeName, createdAt, startedAt, podIp, conditions } = facts;
    let own: PodFacts["conditions"][number][] | null = null;
    for (let index = 0; index < holes.length; index += 1) {
      const hole = holes[index];
      const start = this.#starts[index] ?? 0;
      const end = this.#ends[index] ?? 0;
      if (hole === undefined || hole.field === "dropped") continue;
      const { field, from, to } = hole;
      if (end - start === to - from && isSame(json, start, bytes, from, to - from)) continue; // as on the one learnt from
      const text = json.toString("latin1", start, end);
      if (field === "name") name = text;
      else if (field === "uid") uid = text;
      else if (field === "nodeName") nodeName = this.#interner.text(text);
      else if (field === "podIp") podIp = text;
      else if (field === "createdAt") createdAt = this.#interner.moment(text);
      else if (field === "startedAt") startedAt = this.#interner.moment(text);
      else {
        own ??= [...facts.conditions];
        const condition = own[field];
        if (condition !== undefined) own[field] = { ...condition, at: this.#interner.moment(text) };
      }
    }
    conditions = own ?? conditions;
    const { namespace, owner } = facts;
    const workload = this.#resolve(owner, { name, namespace, hash: skeleton.templateHash });
    return { ...facts, name, uid, nodeName, createdAt, startedAt, podIp, conditions, workload };
  }
}

function isSame(json: Buffer, at: number, bytes: Buffer, from: number, length: number): boolean {
  if (at + length > json.byteLength) return false;
  if (length > SHORT_BYTES) return json.compare(bytes, from, from + length, at, at + length) === 0;
  for (let index = 0; index < length; index += 1) if (json[at + index] !== bytes[from + index]) return false;
  return true;
}
