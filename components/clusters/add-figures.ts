import type { Figure } from "../ui/figure.ts";

/**
 * The sum of figures of one unit: a value that says when it stands on a part, unknown when none of them is known.
 * Nothing to add is zero.
 */
export function addFigures(figures: readonly Figure[]): Figure {
  let sum = 0;
  let covered = 0;
  let isPartial = false;
  for (const figure of figures) {
    if (figure.state !== "value") continue;
    sum += figure.value;
    covered += 1;
    if (figure.part !== undefined && figure.part.covered < figure.part.of) isPartial = true;
  }
  const unknown = figures.find((figure) => figure.state === "unknown");
  if (covered === 0 && unknown !== undefined) return unknown;
  if (covered < figures.length) return { state: "value", value: sum, part: { covered, of: figures.length } };
  if (!isPartial) return { state: "value", value: sum };
  const part = figures.reduce(
    (whole, figure) =>
      figure.state === "value" && figure.part !== undefined
        ? { covered: whole.covered + figure.part.covered, of: whole.of + figure.part.of }
        : whole,
    { covered: 0, of: 0 },
  );
  return { state: "value", value: sum, part };
}
