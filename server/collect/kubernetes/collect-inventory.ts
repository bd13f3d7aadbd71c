import type { SourceRecord } from "../../domain/coverage.ts";
import { known, type Reading, unknownBecause } from "../../domain/reading.ts";
import type {
  ClusterParts,
  CronJobFacts,
  EventFacts,
  JobFacts,
  ObjectRef,
  WorkloadFacts,
} from "../../domain/snapshot.ts";
import { LISTS, pathOfList, rbacOfList } from "./api-calls.ts";
import { combineReadings, mapReading } from "./combine-readings.ts";
import type { KubernetesConnection } from "./connection.ts";
import { Interner } from "./interner.ts";
import { type ItemOf, PLAIN_LISTS, PLAIN_PARTS, type PlainPart, type PlainReadings } from "./inventory-lists.ts";
import { InventoryReader } from "./inventory-reader.ts";
import { mapBounded } from "./map-bounded.ts";
import { ownerKey, resolveWorkloads } from "./owners.ts";
import { isObject, objectAt, textOrNull } from "./parse-json.ts";
import { PodScanner } from "./pod-scanner.ts";
import { projectMutatingWebhooks } from "./project-admission.ts";
import { newestEvents, projectEvent } from "./project-event.ts";
import { projectCronJob, projectJob } from "./project-job.ts";
import { projectPod } from "./project-pod.ts";
import { projectNamespace, projectRole, projectRoleBinding } from "./project-rbac.ts";
import {
  projectBatchWorkload,
  projectReplicaSetOwner,
  projectWorkload,
  type ReplicaSetOwner,
} from "./project-workload.ts";
import { providerOfNodes } from "./provider-labels.ts";
import { type InventoryHead, readHead } from "./read-head.ts";
import type { SourceError } from "./source-error.ts";
import { asSourceError, failedRecord, type OnProgress } from "./source-records.ts";

/** The parts that this read fills; the gates read fills the others. */
export type InventoryParts = Pick<
  ClusterParts,
  | "version"
  | "apiResources"
  | "namespaces"
  | "pods"
  | "workloads"
  | "jobs"
  | "cronJobs"
  | "roles"
  | "roleBindings"
  | "mutatingWebhooks"
  | "events"
  | "apiWriters"
  | PlainPart
>;

export type InventoryOptions = {
  /** Lists read at once. */
  readonly listsAtOnce?: number;
  readonly pageSize?: number;
  /** Newest events kept. */
  readonly eventLimit?: number;
  readonly onProgress?: OnProgress;
  readonly now?: () => Date;
};
export type Inventory = {
  readonly parts: InventoryParts;
  readonly sources: readonly SourceRecord[];
  /** UID of the kube-system namespace, the identity of a cluster; `null` when namespaces could not be read. */
  readonly clusterUid: string | null;
  readonly provider: string | null;
};

const LISTS_AT_ONCE = 4;
const EVENT_LIMIT = 5_000;
/** Events of a burning cluster run into hundreds of thousands; reading ends here and the part says so. */
const EVENT_READ_LIMIT = 50_000;
/** Ordinary events that a feature's funnel looks at; warnings are read anyway. */
const TELLING_EVENT_REASONS = ["ResizeCompleted", "ResizeStarted"] as const;
/** ReplicaSets that nobody owns are rare, and the only ones whose template is needed. */
const OWNERLESS_LIMIT = 100;
const METADATA_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

/**
 * One read of all API objects of one cluster. Never throws for what the cluster does: each part says for itself what it saw
 * or why it saw nothing. Errors: the abort reason when `signal` fires; SourceError never leaves.
 */
export async function collectInventory(
  connection: KubernetesConnection,
  options: InventoryOptions = {},
  signal?: AbortSignal,
): Promise<Inventory> {
  const now = options.now ?? (() => new Date());
  const head = await readHead(connection, now, signal);
  if (head.unreachable !== null) return unreachableInventory(head, head.unreachable, now());
  const reader = new InventoryReader({
    source: connection.api,
    resources: head.apiResources.state === "value" ? head.apiResources.value : null,
    now,
    signal,
    pageSize: options.pageSize,
    onProgress: options.onProgress,
  });
  for (const record of head.sources) reader.add(record);
  return new InventoryRun(connection, reader, options, now, signal).run(head);
}

class InventoryRun {
  readonly #connection: KubernetesConnection;
  readonly #reader: InventoryReader;
  readonly #options: InventoryOptions;
  readonly #now: () => Date;
  readonly #signal: AbortSignal | undefined;
  readonly #interner = new Interner();

  constructor(
    connection: KubernetesConnection,
    reader: InventoryReader,
    options: InventoryOptions,
    now: () => Date,
    signal: AbortSignal | undefined,
  ) {
    this.#connection = connection;
    this.#reader = reader;
    this.#options = options;
    this.#now = now;
    this.#signal = signal;
  }

  async run(head: InventoryHead): Promise<Inventory> {
    // Owners first: pods name their workload as they are read, and nothing has to be kept to be joined later.
    const [replicaSets, jobs] = await Promise.all([
      this.#reader.list(LISTS.replicaSets, (raw) => projectReplicaSetOwner(raw, this.#interner), {
        accept: METADATA_ONLY,
        sourceSuffix: " (metadata)",
      }),
      this.#reader.list(LISTS.jobs, (raw) => this.#jobWithTemplate(raw)),
    ]);
    const plain = startingReadings(this.#now());
    const found = new Map<string, unknown>();
    const slots = this.#compositeTasks(replicaSets, jobs);
    const tasks: (() => Promise<void>)[] = [
      ...Object.entries(slots).map(([name, task]) => async () => {
        found.set(name, await task());
      }),
      ...PLAIN_PARTS.map((name) => () => this.#readPlain(name, plain)),
    ];
    await mapBounded(tasks, this.#options.listsAtOnce ?? LISTS_AT_ONCE, (task) => task());
    const take = <Name extends keyof typeof slots>(name: Name): Awaited<ReturnType<(typeof slots)[Name]>> =>
      found.get(name) as Awaited<ReturnType<(typeof slots)[Name]>>; // each slot was set by its own task above
    const namespaces = take("namespaces");
    const cronJobs = take("cronJobs");
    return {
      parts: {
        ...plain,
        version: head.version,
        apiResources: head.apiResources,
        namespaces: mapReading(namespaces, (items) => items.map((item) => item.namespace)),
        pods: take("pods"),
        jobs: mapReading(jobs, (items) => items.map((item) => item.job)),
        cronJobs: mapReading(cronJobs, (items) => items.map((item) => item.cronJob)),
        workloads: this.#workloads(take("workloads"), jobs, cronJobs),
        roles: take("roles"),
        roleBindings: take("roleBindings"),
        mutatingWebhooks: take("mutatingWebhooks"),
        events: take("events"),
        apiWriters: known(this.#reader.writers, this.#now()),
      },
      sources: this.#reader.sources,
      clusterUid: uidOfKubeSystem(namespaces),
      provider: plain.nodes.state === "value" ? providerOfNodes(plain.nodes.value) : null,
    };
  }

  async #readPlain<Name extends PlainPart>(name: Name, into: PlainReadings): Promise<void> {
    const { call, project } = PLAIN_LISTS[name];
    const reading = await this.#reader.list<ItemOf<Name>>(call, (raw) => project(raw, this.#interner));
    into[name] = reading as PlainReadings[Name]; // PlainReadings[Name] is this very type; the compiler does not expand it
  }

  /** Parts that are more than one list, or more than one fact per item. The longest lists come first. */
  #compositeTasks(replicaSets: Reading<readonly ReplicaSetOwner[]>, jobs: Reading<readonly JobWithTemplate[]>) {
    const reader = this.#reader;
    const interner = this.#interner;
    const resolve = resolveWorkloads({
      replicaSets: indexOwners(replicaSets),
      jobs: indexOwners(
        mapReading(jobs, (items) =>
          items.map(({ job }) => ({
            namespace: job.namespace,
            name: job.name,
            owner:
              job.ownerCronJob === null ? null : { kind: "CronJob", namespace: job.namespace, name: job.ownerCronJob },
          })),
        ),
      ),
    });
    return {
      pods: () =>
        reader.list(LISTS.pods, (raw) => projectPod(raw, interner, resolve), {
          scanner: new PodScanner(interner, resolve),
        }),
      events: () => this.#events(),
      workloads: () => this.#controllers(replicaSets),
      namespaces: () =>
        reader.list(LISTS.namespaces, (raw) => ({ namespace: projectNamespace(raw, interner), uid: uidOf(raw) })),
      cronJobs: () =>
        reader.list(
          LISTS.cronJobs,
          (raw): CronJobWithTemplate => ({
            cronJob: projectCronJob(raw, interner),
            workload: projectBatchWorkload("CronJob", raw, interner),
          }),
        ),
      roles: async () =>
        combineReadings(
          new Map([
            ["clusterroles", await reader.list(LISTS.clusterRoles, (raw) => projectRole(raw, interner))],
            ["roles", await reader.list(LISTS.roles, (raw) => projectRole(raw, interner))],
          ]),
          this.#now(),
        ),
      roleBindings: async () =>
        combineReadings(
          new Map([
            [
              "clusterrolebindings",
              await reader.list(LISTS.clusterRoleBindings, (raw) => projectRoleBinding(raw, interner)),
            ],
            ["rolebindings", await reader.list(LISTS.roleBindings, (raw) => projectRoleBinding(raw, interner))],
          ]),
          this.#now(),
        ),
      mutatingWebhooks: async () =>
        mapReading(await reader.list(LISTS.mutatingWebhooks, projectMutatingWebhooks), (items) => items.flat()),
    };
  }

  #jobWithTemplate(raw: unknown): JobWithTemplate {
    const job = projectJob(raw, this.#interner);
    return { job, workload: job.ownerCronJob === null ? projectBatchWorkload("Job", raw, this.#interner) : null };
  }

  async #events(): Promise<Reading<readonly EventFacts[]>> {
    const project = (raw: unknown): EventFacts => projectEvent(raw, this.#interner);
    const readings = new Map<string, Reading<readonly EventFacts[]>>();
    for (const [name, fieldSelector] of [
      ["warnings", "type=Warning"],
      ...TELLING_EVENT_REASONS.map((reason) => [reason, `type!=Warning,reason=${reason}`] as const),
    ] as const) {
      const reading = await this.#reader.list(LISTS.events, project, {
        fieldSelector,
        maxItems: EVENT_READ_LIMIT,
        sourceSuffix: ` (${name})`,
      });
      readings.set(name, reading);
      if (reading.state !== "value") break; // refused once is refused again
    }
    return mapReading(combineReadings(readings, this.#now()), (events) =>
      newestEvents(events, this.#options.eventLimit ?? EVENT_LIMIT),
    );
  }

  async #controllers(
    replicaSets: Reading<readonly ReplicaSetOwner[]>,
  ): Promise<Map<string, Reading<readonly WorkloadFacts[]>>> {
    const interner = this.#interner;
    const readings = new Map<string, Reading<readonly WorkloadFacts[]>>();
    for (const [kind, call] of [
      ["Deployment", LISTS.deployments],
      ["StatefulSet", LISTS.statefulSets],
      ["DaemonSet", LISTS.daemonSets],
    ] as const) {
      readings.set(call.resource, await this.#reader.list(call, (raw) => projectWorkload(kind, raw, interner)));
    }
    readings.set(LISTS.replicaSets.resource, await this.#ownerlessReplicaSets(replicaSets));
    return readings;
  }

  async #ownerlessReplicaSets(
    replicaSets: Reading<readonly ReplicaSetOwner[]>,
  ): Promise<Reading<readonly WorkloadFacts[]>> {
    if (replicaSets.state !== "value") return replicaSets;
    const ownerless = replicaSets.value.filter((set) => set.owner === null);
    const workloads: WorkloadFacts[] = [];
    let missed = Math.max(0, ownerless.length - OWNERLESS_LIMIT);
    for (const set of ownerless.slice(0, OWNERLESS_LIMIT)) {
      const path = `${pathOfList("apps", "v1", `namespaces/${encodeURIComponent(set.namespace)}/replicasets`)}/${encodeURIComponent(set.name)}`;
      const startedAt = this.#now();
      try {
        const answer = await this.#connection.api.readJson(path, {
          rbac: { ...rbacOfList(LISTS.replicaSets), verbs: ["get"] },
          ...(this.#signal === undefined ? {} : { signal: this.#signal }),
        });
        workloads.push(projectWorkload("ReplicaSet", answer.body, this.#interner));
      } catch (thrown) {
        const error = asSourceError(thrown);
        if (error.status === 404) continue; // deleted since it was listed
        missed += 1;
        this.#reader.add(failedRecord(`GET ${path}`, "api-resource", startedAt, this.#now(), error));
        if (error.reason === "forbidden") break;
      }
    }
    const reading: Reading<readonly WorkloadFacts[]> = { state: "value", value: workloads, readAt: replicaSets.readAt };
    return missed === 0 ? reading : { ...reading, partial: `${missed} without an owner were not read` };
  }

  #workloads(
    controllers: Map<string, Reading<readonly WorkloadFacts[]>>,
    jobs: Reading<readonly JobWithTemplate[]>,
    cronJobs: Reading<readonly CronJobWithTemplate[]>,
  ): Reading<readonly WorkloadFacts[]> {
    const all = new Map(controllers);
    all.set(
      "jobs",
      mapReading(jobs, (items) => items.flatMap((item) => (item.workload === null ? [] : [item.workload]))),
    );
    all.set(
      "cronjobs",
      mapReading(cronJobs, (items) => items.map((item) => item.workload)),
    );
    return combineReadings(all, this.#now());
  }
}

type JobWithTemplate = { readonly job: JobFacts; readonly workload: WorkloadFacts | null };
type CronJobWithTemplate = { readonly cronJob: CronJobFacts; readonly workload: WorkloadFacts };

function indexOwners(reading: Reading<readonly ReplicaSetOwner[]>): ReadonlyMap<string, ObjectRef | null> | null {
  if (reading.state !== "value") return null;
  return new Map(reading.value.map((item) => [ownerKey(item.namespace, item.name), item.owner]));
}

function uidOf(raw: unknown): string | null {
  return isObject(raw) ? textOrNull(objectAt(raw, "metadata"), "uid") : null;
}

function uidOfKubeSystem(
  reading: Reading<readonly { readonly namespace: { readonly name: string }; readonly uid: string | null }[]>,
): string | null {
  if (reading.state !== "value") return null;
  return reading.value.find((item) => item.namespace.name === "kube-system")?.uid ?? null;
}

function startingReadings(readAt: Date): PlainReadings {
  const reading = unknownBecause<never>("not-yet-read", readAt);
  return Object.fromEntries(PLAIN_PARTS.map((name) => [name, reading])) as PlainReadings; // one entry per key of the type
}

/** Nothing answered: every part carries the same reason, and the two failed sources say it once. */
function unreachableInventory(head: InventoryHead, error: SourceError, readAt: Date): Inventory {
  const missing = unknownBecause<never>(error.reason, readAt, error.message);
  const plain = Object.fromEntries(PLAIN_PARTS.map((name) => [name, missing])) as PlainReadings; // as in startingReadings
  return {
    parts: {
      ...plain,
      version: head.version,
      apiResources: head.apiResources,
      namespaces: missing,
      pods: missing,
      workloads: missing,
      jobs: missing,
      cronJobs: missing,
      roles: missing,
      roleBindings: missing,
      mutatingWebhooks: missing,
      events: missing,
      apiWriters: missing,
    },
    sources: head.sources,
    clusterUid: null,
    provider: null,
  };
}
