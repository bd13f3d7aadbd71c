/** Exporter pages as data: what a target shows at a moment, and what Prometheus makes of it over time. */

export type LabelSet = Readonly<Record<string, string>>;

export type Row = {
  readonly labels: LabelSet;
  /** Value at a moment in epoch seconds. */
  readonly at: (seconds: number) => number;
  /** The series exists from here (included) to there (excluded). */
  readonly from: number;
  readonly to: number;
  /** For counters: moments at which it started from zero, oldest first. */
  readonly resets?: readonly number[];
  /** Part of a histogram: "_bucket", "_sum" or "_count". */
  readonly suffix?: string;
};

export type Family = {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram" | "untyped";
  readonly help: string;
  readonly rows: readonly Row[];
  /** cAdvisor and the resource endpoint stamp their samples. */
  readonly isStamped?: boolean;
};

/** One scraped page. */
export type Target = {
  /** Where the page lives: `kubelet/<node>/metrics`, `apiserver`, … */
  readonly page: string;
  readonly job: string;
  readonly instance: string;
  /** Labels that the scrape configuration adds besides job and instance. */
  readonly labels: LabelSet;
  readonly honorsLabels: boolean;
  readonly from: number;
  readonly to: number;
  readonly families: () => readonly Family[];
  /** From this moment on the scrape configuration adds these labels instead. */
  readonly relabelled?: { readonly at: number; readonly labels: LabelSet };
  /** Series that the scrape configuration throws away. */
  readonly drops?: (family: string, labels: LabelSet) => boolean;
};

export const ALWAYS = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY } as const;

export function gauge(name: string, help: string, rows: readonly Row[], isStamped = false): Family {
  return { name, type: "gauge", help, rows, isStamped };
}

export function counterFamily(name: string, help: string, rows: readonly Row[], isStamped = false): Family {
  return { name, type: "counter", help, rows, isStamped };
}

/** A number as Go prints it in the text format. */
export function formatValue(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  if (value === Number.NEGATIVE_INFINITY) return "-Inf";
  return String(value);
}

export function formatLabels(labels: LabelSet): string {
  const names = Object.keys(labels);
  if (names.length === 0) return "";
  const pairs = names.map((name) => `${name}="${escapeValue(labels[name] ?? "")}"`);
  return `{${pairs.join(",")}}`;
}

function escapeValue(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

/** The Prometheus text page of a target at a moment. */
export function renderPage(families: readonly Family[], seconds: number): string {
  const lines: string[] = [];
  for (const family of families) {
    const rows = family.rows.filter((row) => row.from <= seconds && seconds < row.to);
    if (rows.length === 0) continue;
    lines.push(`# HELP ${family.name} ${family.help}`, `# TYPE ${family.name} ${family.type}`);
    const stamp = family.isStamped === true ? ` ${Math.round(seconds * 1000)}` : "";
    for (const row of rows) {
      lines.push(
        `${family.name}${row.suffix ?? ""}${formatLabels(row.labels)} ${formatValue(row.at(seconds))}${stamp}`,
      );
    }
  }
  lines.push("");
  return lines.join("\n");
}
