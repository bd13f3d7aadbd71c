import type { EventFacts } from "../../domain/snapshot.ts";
import type { Interner } from "./interner.ts";
import { numberOrNull, objectAt, requireObject, requireText, textAt } from "./parse-json.ts";
import { referenceOf, shortMessage } from "./project-meta.ts";

/** An event of core/v1; series written by the newer API count in `series`. */
export function projectEvent(raw: unknown, interner: Interner): EventFacts {
  const item = requireObject(raw);
  const metadata = objectAt(item, "metadata");
  const series = objectAt(item, "series");
  return {
    namespace: interner.text(requireText(metadata, "namespace")),
    involved: interner.share(referenceOf(objectAt(item, "involvedObject"))),
    reason: interner.text(textAt(item, "reason")),
    type: interner.text(textAt(item, "type")),
    message: interner.text(shortMessage(textAt(item, "message"))),
    count: numberOrNull(series, "count") ?? numberOrNull(item, "count") ?? 1, // the event itself is one occurrence
    lastSeenAt:
      interner.moment(series.lastObservedTime) ??
      interner.moment(item.lastTimestamp) ??
      interner.moment(item.eventTime) ??
      interner.moment(metadata.creationTimestamp),
  };
}

/** The newest `limit` of a list, newest first; those without a moment come last. */
export function newestEvents(events: readonly EventFacts[], limit: number): readonly EventFacts[] {
  const time = (event: EventFacts): number => event.lastSeenAt?.getTime() ?? 0;
  return [...events].sort((a, b) => time(b) - time(a)).slice(0, limit);
}
