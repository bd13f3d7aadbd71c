import { z } from "zod";
import type { AuditEvent, AuditExportQuery, AuditList, AuditQuery } from "../contract/audit.ts";
import type { Viewer } from "../contract/viewer.ts";
import { AppError } from "../errors.ts";
import { getStore } from "../store/client.ts";
import { type AuditFilter, readAuditEvents, type StoredAuditEvent } from "../store/sql/read-audit.ts";
import { requireAccessReader } from "./access-reader.ts";
import { cutPage, decodeCursor } from "./cursor.ts";

const Key = z.object({ id: z.number().int().min(1) });
/** Some 20 MB of text; more is asked for in parts. */
const MAX_CSV_ROWS = 50_000;
const COLUMNS = ["at", "actor", "event", "subject", "address", "requestId", "detail"] as const;

/** Who did what from where, newest first. Errors: `forbidden`. */
export async function listAuditEvents(viewer: Viewer, query: AuditQuery): Promise<AuditList> {
  requireAccessReader(viewer);
  const beforeId = decodeCursor(query.cursor, Key)?.id ?? null;
  const rows = await readAuditEvents(getStore().pool, { ...toFilter(query), beforeId, limit: query.limit + 1 });
  const { items, nextCursor } = cutPage(rows, query.limit, ({ id }) => ({ id }));
  return { items: items.map(toEvent), nextCursor, total: null };
}

/** The same as CSV with a header line. Errors: `forbidden`; `too-large` above its bound, which names the way out. */
export async function getAuditCsv(viewer: Viewer, query: AuditExportQuery): Promise<string> {
  requireAccessReader(viewer);
  const rows = await readAuditEvents(getStore().pool, {
    ...toFilter(query),
    beforeId: null,
    limit: MAX_CSV_ROWS + 1,
  });
  if (rows.length > MAX_CSV_ROWS) {
    throw new AppError("too-large", `More than ${MAX_CSV_ROWS} lines; ask for a part of them with from and to.`);
  }
  const lines = rows
    .map(toEvent)
    .map((row) => [row.at, row.actor, row.event, row.subject, row.address, row.requestId, JSON.stringify(row.detail)]);
  return [COLUMNS, ...lines].map((cells) => `${cells.map(csvCell).join(",")}\r\n`).join("");
}

function toFilter(query: AuditExportQuery): Omit<AuditFilter, "beforeId" | "limit"> {
  return {
    actor: query.actor ?? null,
    event: query.event ?? null,
    from: query.from === undefined ? null : new Date(query.from),
    to: query.to === undefined ? null : new Date(query.to),
  };
}

function toEvent(row: StoredAuditEvent): AuditEvent {
  return { ...row, at: row.at.toISOString() };
}

/** Names come from outside: a spreadsheet must not take one for a formula. */
function csvCell(value: string | null): string {
  const text = value ?? "";
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
