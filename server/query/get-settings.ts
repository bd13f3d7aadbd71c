import type { Settings } from "../contract/settings.ts";
import type { Viewer } from "../contract/viewer.ts";
import { getStore } from "../store/client.ts";
import { readClusters } from "../store/sql/read-clusters.ts";
import { readPriceBookSummary } from "../store/sql/read-prices.ts";
import { isoOrNull } from "./figures.ts";
import { loadInstallation, ownSettings, VERSION } from "./installation.ts";

/** How this installation is set up, without a single credential, and who is asking. */
export async function getSettings(viewer: Viewer): Promise<Settings> {
  const { pool } = getStore();
  const names = viewer.clusters === "all" ? null : viewer.clusters;
  const [clusters, prices] = await Promise.all([
    readClusters(pool, names, { withRemoved: true }),
    readPriceBookSummary(pool),
  ]);
  const { currency, timeZone, teamsFrom, retention } = await loadInstallation();
  return {
    version: VERSION,
    isDemo: clusters.some((cluster) => cluster.isDemo && cluster.removedAt === null),
    currency,
    timeZone,
    teamsFrom,
    retention,
    viewer: {
      name: viewer.name,
      roles: [...viewer.roles],
      clusters: viewer.clusters === "all" ? "all" : [...viewer.clusters],
      teams: viewer.teams === "all" ? "all" : [...viewer.teams],
    },
    clusters: clusters.map((cluster) => ({
      name: cluster.name,
      provider: cluster.provider,
      isDemo: cluster.isDemo,
      createdAt: cluster.createdAt.toISOString(),
      removedAt: isoOrNull(cluster.removedAt),
      settings: ownSettings(cluster.settings),
    })),
    priceBook: {
      rowCount: prices.rowCount,
      editedCount: prices.editedCount,
      newestSourceDate: prices.newestSourceDate,
      oldestSourceDate: prices.oldestSourceDate,
    },
  };
}
