/**
 * One dated price. `key` is what is priced: an instance type, a resource or device name, a kind of traffic; `region` empty means
 * every region of the provider, `provider` "any" is the fallback of last resort. `validTo` is the first day without it.
 */
export type PriceRow = {
  readonly id: number;
  readonly provider: string;
  readonly region: string;
  readonly kind: PriceKind;
  readonly key: string;
  /** hour | GiB-hour | core-hour | GiB-month | GB | GiB | exchange | percent */
  readonly unit: string;
  readonly price: number;
  readonly currency: string;
  readonly validFrom: string;
  readonly validTo: string | null;
  readonly origin: string;
  readonly source: string;
};

/**
 * `node`: an instance type per hour. `resource`: cpu, memory or gpu per unit and hour, for machines without a row of their own and
 * for splitting a node's price. `gpu`: a device model per hour. `storage`: a class per GiB-month. `traffic`: cross-zone-out,
 * cross-zone-in … per byte unit. `exchange`: units of the installation's currency for one of `key`. `discount`: percent off list
 * prices; `key` is a kind, a single key, or "all".
 */
export const PRICE_KINDS = ["node", "resource", "gpu", "storage", "traffic", "exchange", "discount"] as const;
export type PriceKind = (typeof PRICE_KINDS)[number];

export type PriceQuestion = {
  readonly provider: string | null;
  readonly region: string | null;
  readonly kind: PriceKind;
  readonly key: string;
  /** Day in the billing time zone, YYYY-MM-DD. */
  readonly on: string;
  /** Cluster whose own rows (what OpenCost exports there) come before shipped ones; none where not given. */
  readonly cluster?: string;
};

/** Rows that a source in one cluster exports stand under this provider, so that no other cluster is priced by them. */
export function clusterProvider(cluster: string): string {
  return `cluster:${cluster}`;
}

export type PriceBook = {
  find(question: PriceQuestion): PriceRow | null;
  /**
   * The price in the installation's currency, through a dated exchange row where needed, and less the discount of a list price;
   * null = no rate, so unknown.
   */
  amount(row: PriceRow, on: string): number | null;
  /** The discount row that a list price gets on a day; null = none, and for prices that are no list prices. */
  discountOf(row: PriceRow, on: string): PriceRow | null;
  readonly currency: string;
};

/**
 * Rows → a book that answers with the row in force on a day.
 *
 * Basis: what people entered (edited, file) for the provider and region, for every region, for "any"; else what the cluster itself
 * exports; else the shipped list in the same order of places. Of several the one that began last, edited before file. A discount takes
 * its percent off shipped prices only: what was entered or exported is taken as agreed. Keys compare without case.
 * Errors: none; nothing found is `null`, which is unknown and never 0.
 */
export function openPriceBook(rows: readonly PriceRow[], currency: string): PriceBook {
  const index = new Map<string, PriceRow[]>();
  for (const row of rows) {
    const key = indexKey(row.provider, row.region, row.kind, row.key);
    const list = index.get(key);
    if (list === undefined) index.set(key, [row]);
    else list.push(row);
  }
  const find = ({ provider, region, kind, key, on, cluster }: PriceQuestion): PriceRow | null => {
    const places: [string, string][] = [];
    if (provider !== null && region !== null) places.push([provider, region]);
    if (provider !== null) places.push([provider, ""]);
    places.push(["any", ""]);
    const own = cluster === undefined ? [] : (index.get(indexKey(clusterProvider(cluster), "", kind, key)) ?? []);
    const search = (isWanted: (row: PriceRow) => boolean): PriceRow | null => {
      for (const [atProvider, atRegion] of places) {
        const found = inForce((index.get(indexKey(atProvider, atRegion, kind, key)) ?? []).filter(isWanted), on);
        if (found !== null) return found;
      }
      return null;
    };
    if (own.length === 0) return search((row) => rank(row) > 0) ?? search(() => true);
    return search((row) => rank(row) > 0) ?? inForce(own, on) ?? search(() => true);
  };
  const discountOf = (row: PriceRow, on: string): PriceRow | null => {
    if (row.origin !== "shipped" || row.kind === "exchange") return null;
    for (const key of [row.key, row.kind, "all"]) {
      const found = find({ provider: row.provider, region: row.region, kind: "discount", key, on });
      if (found !== null) return found;
    }
    return null;
  };
  return {
    currency,
    find,
    discountOf,
    amount(row, on) {
      const discount = discountOf(row, on);
      const price = discount === null ? row.price : row.price * (1 - Math.min(100, discount.price) / 100);
      if (row.currency === currency) return price;
      const rate = find({ provider: null, region: null, kind: "exchange", key: row.currency, on });
      return rate !== null && rate.currency === currency ? price * rate.price : null;
    },
  };
}

function indexKey(provider: string, region: string, kind: string, key: string): string {
  return `${provider}\u0000${region}\u0000${kind}\u0000${key}`.toLowerCase();
}

function inForce(rows: readonly PriceRow[], on: string): PriceRow | null {
  let best: PriceRow | null = null;
  for (const row of rows) {
    if (row.validFrom > on || (row.validTo !== null && row.validTo <= on)) continue;
    if (best === null || rank(row) > rank(best) || (rank(row) === rank(best) && row.validFrom > best.validFrom))
      best = row;
  }
  return best;
}

/** What people entered outranks what was shipped: a negotiated price is the truer one. */
function rank(row: PriceRow): number {
  return row.origin === "shipped" || row.origin === "opencost" ? 0 : row.origin === "file" ? 1 : 2;
}
