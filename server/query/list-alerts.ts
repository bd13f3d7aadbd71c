import { z } from "zod";
import type { AlertDelivery, AlertList, AlertQuery, AlertTestList, AlertTestQuery } from "../contract/alerts.ts";
import type { Viewer } from "../contract/viewer.ts";
import { alertPath } from "../domain/pressure/alert-message.ts";
import { alertDefinition, effectiveRules } from "../domain/pressure/alert-rules.ts";
import { getStore } from "../store/client.ts";
import {
  type AlertDeliveryRow,
  readAlertEdits,
  readAlertEvents,
  readDeliveriesOf,
  readFiringAlerts,
  readTestDeliveries,
} from "../store/sql/read-alerts.ts";
import { cutPage, decodeCursor } from "./cursor.ts";
import { isoOrNull } from "./figures.ts";
import { loadInstallation } from "./installation.ts";
import { boundFleet } from "./scope.ts";

const Key = z.object({ id: z.number().int() });

/** What fires now and what changed, newest first, with what became of the messages. Errors: `not-found` for a foreign cluster. */
export async function listAlerts(viewer: Viewer, query: AlertQuery): Promise<AlertList> {
  const { pool } = getStore();
  const key = decodeCursor(query.cursor, Key);
  const { scope } = await boundFleet(viewer, query);
  const [rows, firing, edits, { webhooks, publicUrl }] = await Promise.all([
    readAlertEvents(pool, scope, { beforeId: key?.id ?? null, limit: query.limit + 1 }),
    readFiringAlerts(pool, scope),
    readAlertEdits(pool),
    loadInstallation(),
  ]);
  const page = cutPage(rows, query.limit, ({ id }) => ({ id }));
  const deliveries = await readDeliveriesOf(
    pool,
    page.items.map(({ id }) => id),
  );
  const byEvent = Map.groupBy(deliveries, ({ eventId }) => eventId);
  const rules = new Map(effectiveRules(edits).map((rule) => [rule.id, rule]));
  return {
    items: page.items.flatMap(({ at, ...row }) => {
      const about = aboutRule(row);
      return about === null
        ? []
        : [{ ...row, ...about, at: at.toISOString(), deliveries: (byEvent.get(row.id) ?? []).map(toDelivery) }];
    }),
    nextCursor: page.nextCursor,
    total: null,
    firing: firing.flatMap(({ entityId: _entityId, observedAt, firedAt, turningSince, ...row }) => {
      const about = aboutRule(row);
      const rule = rules.get(row.ruleId);
      if (about === null || rule === undefined) return [];
      return [
        {
          ...row,
          ...about,
          firedAt: isoOrNull(firedAt),
          observedAt: observedAt.toISOString(),
          turningSince: isoOrNull(turningSince),
          fireAt: rule.fireAt,
          clearAt: rule.clearAt,
        },
      ];
    }),
    webhooks: [...webhooks],
    publicUrl,
  };
}

/** Tests are nobody's objects: they hold a webhook's name and who asked. */
export async function listAlertTests(_viewer: Viewer, query: AlertTestQuery): Promise<AlertTestList> {
  return { items: (await readTestDeliveries(getStore().pool, query.limit)).map(toDelivery) };
}

export function toDelivery(row: AlertDeliveryRow): AlertDelivery {
  return {
    ...row,
    createdAt: row.createdAt.toISOString(),
    nextAttemptAt: isoOrNull(row.nextAttemptAt),
    finishedAt: isoOrNull(row.finishedAt),
  };
}

/** Null for a rule that this version does not know any more. */
function aboutRule(row: Parameters<typeof alertPath>[0]) {
  const rule = alertDefinition(row.ruleId);
  if (rule === undefined) return null;
  return {
    topic: rule.topic,
    resource: rule.topic === "pressure" ? rule.resource : null,
    kindOfPressure: rule.topic === "pressure" ? rule.kind : null,
    unit: rule.unit,
    path: alertPath(row),
  };
}
