import { z } from "zod";
import type { Asked } from "./recording-prometheus.ts";

/** Both sides compute in doubles, in another order of additions: relative, and absolute below a thousandth. */
export const TOLERANCE = 1e-6;
const SMALL = 1e-3;
/** A month of many series takes longer than a page would wait. */
const TIMEOUT_MS = 120_000;

const Point = z.tuple([z.number(), z.string()]);
const Answer = z.object({
  status: z.string(),
  error: z.string().optional(),
  data: z
    .object({
      result: z.array(
        z.object({
          metric: z.record(z.string(), z.string()),
          value: Point.optional(),
          values: z.array(Point).optional(),
        }),
      ),
    })
    .optional(),
});
/** Values by moment (epoch seconds), by labels. */
export type Series = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** Sends a question. Errors: what the server said instead of an answer. */
export async function askPrometheus(base: string, one: Asked): Promise<Series> {
  const response = await fetch(`${base}${one.path}`, {
    method: "POST",
    body: new URLSearchParams(one.form),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const body = Answer.parse(await response.json());
  if (body.status !== "success" || body.data === undefined) throw new Error(`${body.error}: ${one.form}`);
  return new Map(
    body.data.result.map((row) => [
      JSON.stringify(Object.entries(row.metric).sort()),
      new Map((row.values ?? (row.value === undefined ? [] : [row.value])).map(([at, text]) => [at, toNumber(text)])),
    ]),
  );
}

function toNumber(text: string): number {
  return Number(text.replace("Inf", "Infinity"));
}

/** Where two answers differ by more than the tolerance; empty = they agree. */
export function compareAnswers(ours: Series, theirs: Series): string[] {
  const problems: string[] = [];
  for (const key of new Set([...ours.keys(), ...theirs.keys()])) {
    const left = ours.get(key);
    const right = theirs.get(key);
    if (left === undefined || right === undefined) {
      problems.push(`${key} only ${left === undefined ? "in Prometheus" : "in the demo"}`);
      continue;
    }
    if (left.size !== right.size) problems.push(`${key}: ${left.size} points, not ${right.size}`);
    for (const [at, value] of left) {
      const other = right.get(at);
      if (other === undefined || !isSame(value, other)) problems.push(`${key} at ${at}: ${value}, not ${other}`);
    }
  }
  return problems;
}

function isSame(value: number, other: number): boolean {
  return (
    Object.is(value, other) || Math.abs(value - other) <= TOLERANCE * Math.max(Math.abs(value), Math.abs(other), SMALL)
  );
}
