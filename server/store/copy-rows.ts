import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { PoolClient } from "pg";
import { from as copyFrom } from "pg-copy-streams";

export type CopyValue =
  | string
  | number
  | bigint
  | boolean
  | Date
  | null
  | readonly (number | null)[]
  | { readonly json: unknown };

/**
 * Bulk insert by COPY (text format), in chunks that keep memory flat however many rows there are.
 * `table` and `columns` are names from our own code, never from outside.
 */
export async function copyRows(
  client: PoolClient,
  table: string,
  columns: readonly string[],
  rows: Iterable<readonly CopyValue[]>,
): Promise<number> {
  const quoted = columns.map((column) => `"${column}"`).join(", ");
  const target = client.query(copyFrom(`COPY ${table} (${quoted}) FROM STDIN`));
  let count = 0;
  function* chunks(): Generator<string> {
    let buffer = "";
    for (const row of rows) {
      count += 1;
      buffer += `${row.map(toCopyText).join("\t")}\n`;
      if (buffer.length > 65_536) {
        yield buffer;
        buffer = "";
      }
    }
    if (buffer !== "") yield buffer;
  }
  await pipeline(Readable.from(chunks(), { objectMode: false, highWaterMark: 65_536 }), target);
  return count;
}

/** One value in COPY's text format. NUL cannot be stored in PostgreSQL text and is dropped. */
export function toCopyText(value: CopyValue): string {
  if (value === null) return "\\N";
  if (typeof value === "string") return escapeText(value);
  if (typeof value === "number") return numberText(value);
  if (typeof value === "boolean") return value ? "t" : "f";
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Date) return value.toISOString();
  if ("json" in value) return escapeText(JSON.stringify(value.json).replaceAll("\\u0000", ""));
  return `{${value.map((item) => (item === null ? "NULL" : numberText(item))).join(",")}}`;
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (value === Number.POSITIVE_INFINITY) return "Infinity";
  if (value === Number.NEGATIVE_INFINITY) return "-Infinity";
  return String(value);
}

const SPECIAL = /[\\\t\n\r\0]/g;
function escapeText(text: string): string {
  return text.replace(SPECIAL, (character) => {
    switch (character) {
      case "\\":
        return "\\\\";
      case "\t":
        return "\\t";
      case "\n":
        return "\\n";
      case "\r":
        return "\\r";
      default:
        return "";
    }
  });
}
