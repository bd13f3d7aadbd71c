/** One line of a VPC flow log that tells of bytes. Names follow AWS; fields that the log does not have are `null`. */
export type VpcFlowLine = {
  readonly interfaceId: string;
  /** Instance whose interface recorded it; `null` = not in the log, empty = an interface without an instance (NAT gateway, load balancer). */
  readonly instanceId: string | null;
  readonly sourceAddress: string;
  readonly targetAddress: string;
  readonly bytes: number;
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly direction: "ingress" | "egress" | null;
  readonly sourceAwsService: string | null;
  readonly targetAwsService: string | null;
};
export type UnreadableLine = { readonly lineNumber: number; readonly why: string };
export type VpcFlowLog = {
  readonly lines: readonly VpcFlowLine[];
  readonly lineCount: number;
  readonly duplicateCount: number;
  readonly rejectedCount: number;
  /** Nothing flowed at the interface in the interval. */
  readonly noDataCount: number;
  /** AWS itself dropped records of the interval: bytes are missing that nobody can tell. */
  readonly skippedDataCount: number;
  readonly unreadable: readonly UnreadableLine[];
};

/** Version 2, the default format: what a log without a header line is read as. */
const DEFAULT_FIELDS =
  "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status".split(
    " ",
  );
const NEEDED = ["interface-id", "bytes", "start", "end"] as const;
/** A line claims an interval of at most ten minutes (AWS' longest aggregation is one hour for some services). */
const LONGEST_SECONDS = 3_700;

/**
 * A VPC flow log as text: fields by spaces as AWS writes them to S3 and CloudWatch, or by commas as Athena exports them.
 *
 * Shape: one entry per line with bytes. The first line names the fields when it holds `interface-id` (or Athena's `interface_id`);
 * without it the default format of version 2 is meant. Where the log has `pkt-srcaddr` and `pkt-dstaddr`, they are the ends: the
 * others are those of the hop, which a NAT rewrites.
 * Basis: a line that is there twice, field by field, counts once (files that overlap); lines with action REJECT carried nothing to
 * anybody and are left out; NODATA and SKIPDATA have no bytes. Each is counted.
 * Unit: bytes, seconds. Errors: none; a line that cannot be read is named with its number.
 */
export function parseVpcFlowLog(text: string): VpcFlowLog {
  const rows = text.split(/\r?\n/);
  const isComma = (rows.find((row) => row.trim() !== "") ?? "").includes(",");
  const cellsOf = (row: string) =>
    isComma ? row.split(",").map((cell) => cell.trim().replace(/^"(.*)"$/, "$1")) : row.trim().split(/\s+/);
  let at: Map<string, number> | null = null;
  const seen = new Set<string>();
  const lines: VpcFlowLine[] = [];
  const unreadable: UnreadableLine[] = [];
  const counts = { lineCount: 0, duplicateCount: 0, rejectedCount: 0, noDataCount: 0, skippedDataCount: 0 };
  for (const [index, row] of rows.entries()) {
    if (row.trim() === "") continue;
    const cells = cellsOf(row);
    const header: Map<string, number> | null = at === null ? fieldsOf(cells) : null;
    if (header !== null) {
      at = header;
      const missing = NEEDED.find((name) => !header.has(name));
      if (missing === undefined) continue;
      return { lines: [], ...counts, unreadable: [{ lineNumber: index + 1, why: `has no field ${missing}` }] };
    }
    at ??= new Map(DEFAULT_FIELDS.map((name, position) => [name, position]));
    const fields = at;
    const field = (name: string) => {
      const position = fields.get(name);
      const value = position === undefined ? undefined : cells[position];
      return value === undefined ? null : value === "-" ? "" : value;
    };
    counts.lineCount += 1;
    const status = field("log-status");
    if (status === "NODATA") counts.noDataCount += 1;
    else if (status === "SKIPDATA") counts.skippedDataCount += 1;
    else if (seen.has(row)) counts.duplicateCount += 1;
    else if (field("action") === "REJECT") counts.rejectedCount += 1;
    else {
      seen.add(row);
      const line = toLine(field);
      if (typeof line === "string") unreadable.push({ lineNumber: index + 1, why: line });
      else lines.push(line);
    }
  }
  return { lines, ...counts, unreadable };
}

function fieldsOf(cells: readonly string[]): Map<string, number> | null {
  const names = cells.map((cell) =>
    cell
      .toLowerCase()
      .replaceAll("_", "-")
      .replace(/^\$\{(.*)\}$/, "$1"),
  );
  if (!names.includes("interface-id")) return null;
  return new Map(names.map((name, position) => [name, position]));
}

function toLine(field: (name: string) => string | null): VpcFlowLine | string {
  const sourceAddress = field("pkt-srcaddr") || field("srcaddr") || "";
  const targetAddress = field("pkt-dstaddr") || field("dstaddr") || "";
  if (sourceAddress === "" || targetAddress === "") return "has no source or destination address";
  const [bytes, startSeconds, endSeconds] = ["bytes", "start", "end"].map((name) => toNumber(field(name)));
  if (bytes === undefined || bytes === null || bytes < 0) return "has no bytes";
  if (startSeconds == null || endSeconds == null || startSeconds <= 0) return "has no start and end";
  if (endSeconds < startSeconds || endSeconds - startSeconds > LONGEST_SECONDS) return "has an interval that cannot be";
  const direction = field("flow-direction");
  return {
    interfaceId: field("interface-id") ?? "",
    instanceId: field("instance-id"),
    sourceAddress,
    targetAddress,
    bytes,
    startSeconds,
    endSeconds,
    direction: direction === "ingress" || direction === "egress" ? direction : null,
    sourceAwsService: field("pkt-src-aws-service") || null,
    targetAwsService: field("pkt-dst-aws-service") || null,
  };
}

function toNumber(text: string | null): number | null {
  const value = text === null || text === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : null;
}
