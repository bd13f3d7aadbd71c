import type { PodFacts, PodTemplateFacts } from "../../domain/snapshot.ts";
import type { Interner } from "./interner.ts";
import { isObject, type JsonObject, requireObject, textOrNull } from "./parse-json.ts";
import { assemblePod, projectContainerStatuses, projectPod, type ResolveWorkload } from "./project-pod.ts";
import { APPARMOR_ANNOTATION, projectPodTemplate } from "./project-pod-template.ts";

const ITEM = '{"metadata":{';
const SPEC = ',"spec":{';
const STATUS = ',"status":{';
const INIT_STATUSES = ',"initContainerStatuses":[';
const STATUSES = ',"containerStatuses":[';
const AFTER_STATUSES = '],"qosClass":"';
const NODE_NAME = '"nodeName":"';
/** The volume of the service account's token has a random name on every pod, and nothing that is kept refers to it. */
const TOKEN_VOLUME = /"name":"kube-api-access-[a-z0-9]{5}"/g;
const TOKEN_VOLUME_START = "kube-api-access-";
/** Different on every pod, and not kept. */
const PER_POD_STATUS = /"(?:containerID|startedAt)":"[^"\\]*"/g;
/** Pods are listed by name, so replicas follow each other; a text is about 2 kB. */
const TEXT_LIMIT = 512;

type Cut = {
  /** The item without its spec and container statuses. */
  readonly rest: string;
  readonly spec: string;
  /** `"initContainerStatuses":[…],"containerStatuses":[…]` */
  readonly statuses: string;
};

/**
 * Pods from their JSON texts. Replicas repeat spec and container statuses nearly letter by letter – two thirds of a pod – so
 * these are parsed once per different text (measured: see bench/inventory-read). A text that is written in an unusual way is
 * parsed whole; the answer is the same as `projectPod`'s, always, and a test holds the two together.
 */
export class PodTexts {
  readonly #interner: Interner;
  readonly #resolve: ResolveWorkload;
  readonly #templates = new Map<string, PodTemplateFacts | null>();
  readonly #statuses = new Map<string, PodFacts["containers"] | null>();

  constructor(interner: Interner, resolve: ResolveWorkload) {
    this.#interner = interner;
    this.#resolve = resolve;
  }

  /** Errors: SyntaxError when the text is not JSON; MalformedItem as `projectPod`. */
  readonly project = (text: string): PodFacts =>
    this.#fromParts(text) ?? projectPod(JSON.parse(text), this.#interner, this.#resolve);

  #fromParts(text: string): PodFacts | null {
    const cut = cutPod(text);
    if (cut === null) return null;
    const node = cutNodeName(cut.spec);
    if (node === null) return null;
    const template = this.#template(cut.spec, node);
    if (template === null) return null;
    const containers = this.#containers(cut.statuses);
    if (containers === null) return null;
    const item = requireObject(JSON.parse(cut.rest));
    const { metadata, status } = item;
    if (!isObject(metadata) || !isObject(status)) return null;
    if ("initContainerStatuses" in status || "containerStatuses" in status) return null; // a list was left behind
    return assemblePod(item, { nodeName: node.name, template, containers }, this.#interner, this.#resolve);
  }

  /** `null` when what is cut out of the text matters for the template. */
  #template(spec: string, node: NodeName): PodTemplateFacts | null {
    const key = node.around.replace(TOKEN_VOLUME, "");
    const known = this.#templates.get(key);
    if (known !== undefined) return known;
    const parsed = parseOrNull(spec);
    const template =
      parsed === null || textOrNull(parsed, "nodeName") !== node.name
        ? null
        : projectPodTemplate({}, parsed, this.#interner);
    return remember(this.#templates, key, mentionsTokenVolume(template) ? null : template);
  }

  #containers(statuses: string): PodFacts["containers"] | null {
    const key = statuses.replace(PER_POD_STATUS, "");
    const known = this.#statuses.get(key);
    if (known !== undefined) return known;
    const parsed = parseOrNull(`{${statuses}}`);
    const isWhole =
      parsed !== null &&
      Object.keys(parsed).every((name) => name === "initContainerStatuses" || name === "containerStatuses");
    return remember(this.#statuses, key, isWhole ? projectContainerStatuses(parsed, this.#interner) : null);
  }
}

/** Cuts at the members in the order in which API servers write them; `null` for any other. */
function cutPod(text: string): Cut | null {
  const specAt = text.indexOf(SPEC);
  const statusAt = text.indexOf(STATUS, specAt);
  const statusesAt = text.indexOf(STATUSES, statusAt);
  const initAt = text.indexOf(INIT_STATUSES, statusAt);
  const endAt = text.indexOf(AFTER_STATUSES, statusesAt) + 1;
  if (!text.startsWith(ITEM) || specAt === -1 || statusAt === -1 || statusesAt === -1 || endAt === 0) return null;
  const from = initAt === -1 ? statusesAt : initAt;
  if (from > statusesAt) return null;
  const metadata = text.slice(0, specAt);
  if (metadata.includes(APPARMOR_ANNOTATION)) return null; // these annotations belong to the template
  return {
    rest: `${metadata}${text.slice(statusAt, from)}${text.slice(endAt)}`,
    spec: text.slice(specAt + SPEC.length - 1, statusAt),
    statuses: text.slice(from + 1, endAt),
  };
}

type NodeName = { readonly name: string | null; readonly around: string };

/** The name and the text around it; `null` when it is not certain which member it is. */
function cutNodeName(spec: string): NodeName | null {
  const at = spec.indexOf(NODE_NAME);
  if (at === -1) return { name: null, around: spec };
  const from = at + NODE_NAME.length;
  const end = spec.indexOf('"', from);
  if (end <= from || spec.indexOf(NODE_NAME, end) !== -1) return null;
  const name = spec.slice(from, end);
  return name.includes("\\") ? null : { name, around: `${spec.slice(0, from)}${spec.slice(end)}` };
}

function mentionsTokenVolume(template: PodTemplateFacts | null): boolean {
  return template !== null && JSON.stringify(template).includes(TOKEN_VOLUME_START);
}

function parseOrNull(text: string): JsonObject | null {
  try {
    return requireObject(JSON.parse(text));
  } catch {
    return null;
  }
}

function remember<T>(known: Map<string, T>, key: string, value: T): T {
  if (known.size >= TEXT_LIMIT) known.clear();
  known.set(key, value);
  return value;
}
