import { Moment, Paging, paged } from "./common.ts";
import { z } from "./zod.ts";

export const AuditEvent = z
  .object({
    id: z.number().int(),
    at: Moment,
    /** User name, `token:NAME`, `proxy:NAME`, `loopback` or `setup`. */
    actor: z.string(),
    /** `sign-in.succeeded`, `price.replaced`, `export.getCostCsv` … */
    event: z.string(),
    subject: z.string(),
    detail: z.record(z.string(), z.unknown()),
    requestId: z.string().nullable(),
    address: z.string().nullable(),
  })
  .meta({ id: "AuditEvent" });
export type AuditEvent = z.infer<typeof AuditEvent>;

const Filter = {
  /** Whole name. */
  actor: z.string().max(200).optional(),
  /** Beginning of the event: `sign-in.` */
  event: z.string().max(100).optional(),
  from: Moment.optional(),
  to: Moment.optional(),
};

export const AuditQuery = z.object({
  ...Filter,
  ...Paging,
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export type AuditQuery = z.infer<typeof AuditQuery>;

export const AuditExportQuery = z.object(Filter);
export type AuditExportQuery = z.infer<typeof AuditExportQuery>;

export const AuditList = paged(AuditEvent).meta({ id: "AuditList" });
export type AuditList = z.infer<typeof AuditList>;
