import { API_CALLS, LISTS, pathOfList, type ResourceCall } from "../../server/collect/kubernetes/api-calls.ts";
import type { KubernetesConnection } from "../../server/collect/kubernetes/connection.ts";
import { PAGE_SIZE } from "../../server/collect/kubernetes/list.ts";
import { mapBounded } from "../../server/collect/kubernetes/map-bounded.ts";
import { SourceError } from "../../server/collect/kubernetes/source-error.ts";

const LISTS_AT_ONCE = 4; // as collectInventory
const METADATA_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";
const CONTINUE = /"continue":"([^"\\]+)"/;
const HEAD_BYTES = 4096;

export type Discarded = { readonly pageCount: number; readonly receivedBytes: number; readonly unpackedBytes: number };

/**
 * The least that any client could do: the same pages with the same concurrency, unpacked and thrown away. The next page is
 * asked for as soon as the token in front of the items is known.
 */
export async function readAndDiscard(connection: KubernetesConnection): Promise<Discarded> {
  const total = { pageCount: 0, receivedBytes: 0, unpackedBytes: 0 };
  const calls = API_CALLS.filter(
    (call): call is ResourceCall => call.kind === "resource" && call.verbs.includes("list"),
  );
  const first = calls.filter((call) => call === LISTS.replicaSets || call === LISTS.jobs);
  const rest = calls.filter((call) => !first.includes(call));
  rest.sort((a, b) => Number(b === LISTS.pods) - Number(a === LISTS.pods)); // the longest list first, as collectInventory
  for (const group of [first, rest])
    await mapBounded(group, LISTS_AT_ONCE, (call) => readList(connection, call, total));
  return total;
}

async function readList(
  connection: KubernetesConnection,
  call: ResourceCall,
  total: { pageCount: number; receivedBytes: number; unpackedBytes: number },
): Promise<void> {
  const path = pathOfList(call.group, call.versions[0] ?? "v1", call.resource);
  const accept = call === LISTS.replicaSets ? { accept: METADATA_ONLY } : {};
  const selector = call === LISTS.events ? { fieldSelector: "type=Warning" } : {};
  for (let token: string | null = null; ; ) {
    const query: URLSearchParams = new URLSearchParams({ limit: String(PAGE_SIZE), ...selector });
    if (token !== null) query.set("continue", token);
    try {
      const { bytes, receivedBytes } = await connection.api.readBytes(`${path}?${query}`, accept);
      total.pageCount += 1;
      total.receivedBytes += receivedBytes;
      total.unpackedBytes += bytes.byteLength;
      token = CONTINUE.exec(bytes.toString("latin1", 0, HEAD_BYTES))?.[1] ?? null;
    } catch (error) {
      if (!(error instanceof SourceError) || error.status !== 404) throw error;
      return; // this cluster does not serve it
    }
    if (token === null) return;
  }
}
