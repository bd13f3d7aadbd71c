import type { BillImport, BillImportInput } from "../contract/network.ts";
import type { Viewer } from "../contract/viewer.ts";
import { parseBillCsv } from "../domain/network/parse-bill.ts";
import { AppError } from "../errors.ts";
import { readClusters } from "../store/sql/read-clusters.ts";
import { saveBillLines } from "../store/sql/write-bill.ts";
import { requireRole } from "./authorize.ts";
import { changeWithAudit, type Request } from "./change.ts";

/**
 * Takes billed bytes per day out of a provider's CSV. The same day and line again replaces what was there.
 * Errors: `not-found` for a cluster that is not there; lines that cannot be read are counted and named, the others stand.
 */
export function importBill(viewer: Viewer, input: BillImportInput, request: Request): Promise<BillImport> {
  requireRole(viewer, "finance");
  return changeWithAudit(viewer, request, async (client) => {
    const [cluster] =
      viewer.clusters === "all" || viewer.clusters.includes(input.cluster)
        ? await readClusters(client, [input.cluster])
        : [];
    if (cluster === undefined) throw new AppError("not-found", "There is no such cluster.", { cluster: input.cluster });
    const { lines, skipped } = parseBillCsv(input.csv);
    const saved = await saveBillLines(client, cluster.id, lines, viewer.name);
    return {
      result: { saved, skipped: skipped.slice(0, 50), skippedCount: skipped.length },
      event: "network-bill.imported",
      subject: `cluster/${input.cluster}`,
      detail: { saved, skipped: skipped.length },
    };
  });
}
