/** The label that carries a series' metric name. */
export const METRIC_NAME = "__name__";

const SEPARATOR = "\u00ff";

/** An immutable label set, sorted by name and without empty values (in Prometheus an empty label is an absent one). */
export class Labels {
  static readonly empty = new Labels([], []);

  readonly names: readonly string[];
  readonly values: readonly string[];
  #key: string | undefined;

  private constructor(names: readonly string[], values: readonly string[]) {
    this.names = names;
    this.values = values;
  }

  static from(record: Readonly<Record<string, string>>): Labels {
    const names = Object.keys(record)
      .filter((name) => record[name] !== "")
      .sort();
    return new Labels(
      names,
      names.map((name) => record[name] ?? ""),
    );
  }

  /** The value, or "" when the label is absent: the two mean the same in PromQL. */
  get(name: string): string {
    const index = this.names.indexOf(name);
    return index < 0 ? "" : (this.values[index] ?? "");
  }

  /** Identity of the set: equal keys, equal labels. */
  get key(): string {
    this.#key ??= this.names.map((name, index) => name + SEPARATOR + this.values[index]).join(SEPARATOR);
    return this.#key;
  }

  with(name: string, value: string): Labels {
    return Labels.from({ ...this.toRecord(), [name]: value });
  }

  keep(names: ReadonlySet<string>): Labels {
    return this.#filter((name) => names.has(name));
  }

  drop(names: ReadonlySet<string>): Labels {
    return this.#filter((name) => !names.has(name));
  }

  dropName(): Labels {
    return this.#filter((name) => name !== METRIC_NAME);
  }

  toRecord(): Record<string, string> {
    const record: Record<string, string> = {};
    for (let index = 0; index < this.names.length; index += 1) {
      record[this.names[index] ?? ""] = this.values[index] ?? "";
    }
    return record;
  }

  /** As Prometheus prints a series: name{label="value"}. */
  toString(): string {
    const pairs = this.names.flatMap((name, index) =>
      name === METRIC_NAME ? [] : [`${name}=${JSON.stringify(this.values[index])}`],
    );
    const name = this.get(METRIC_NAME);
    return pairs.length === 0 && name !== "" ? name : `${name}{${pairs.join(", ")}}`;
  }

  #filter(isKept: (name: string) => boolean): Labels {
    if (this.names.every(isKept)) return this;
    const names: string[] = [];
    const values: string[] = [];
    for (let index = 0; index < this.names.length; index += 1) {
      const name = this.names[index] ?? "";
      if (isKept(name)) {
        names.push(name);
        values.push(this.values[index] ?? "");
      }
    }
    return new Labels(names, values);
  }
}

/** Prometheus' order of series: pair by pair, the shorter set first. */
export function compareLabels(a: Labels, b: Labels): number {
  const shared = Math.min(a.names.length, b.names.length);
  for (let index = 0; index < shared; index += 1) {
    const byName = compareText(a.names[index] ?? "", b.names[index] ?? "");
    if (byName !== 0) return byName;
    const byValue = compareText(a.values[index] ?? "", b.values[index] ?? "");
    if (byValue !== 0) return byValue;
  }
  return a.names.length - b.names.length;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function isLabelName(name: string): boolean {
  return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name);
}
