/** Paths and dots of a small line in a box; a gap ends a path, a lone sample becomes a dot. Unit: pixels of the box. */
export type LinePath = {
  readonly paths: readonly string[];
  readonly dots: readonly { readonly x: number; readonly y: number }[];
  /** Position of the newest sample. */
  readonly last: { readonly x: number; readonly y: number } | null;
};

/** @param floor lowest value of the scale; the highest sample fits the top. */
export function linePath(
  values: readonly (number | null)[],
  {
    width,
    height,
    floor = 0,
    inset = 2,
  }: { readonly width: number; readonly height: number; readonly floor?: number; readonly inset?: number },
): LinePath {
  const known = values.filter((value) => value !== null);
  const top = Math.max(floor, ...known);
  const bottom = Math.min(floor, ...known);
  const x = (index: number) => inset + (values.length < 2 ? 0.5 : index / (values.length - 1)) * (width - 2 * inset);
  const y = (value: number) =>
    height - inset - (top === bottom ? 0 : (value - bottom) / (top - bottom)) * (height - 2 * inset);
  const round = (number: number) => Math.round(number * 10) / 10;
  const paths: string[] = [];
  const dots: { x: number; y: number }[] = [];
  let last: LinePath["last"] = null;
  let run: { x: number; y: number }[] = [];
  const endRun = () => {
    const [only] = run;
    if (run.length === 1 && only !== undefined) dots.push(only);
    else if (run.length > 1) paths.push(`M${run.map((point) => `${point.x} ${point.y}`).join("L")}`);
    run = [];
  };
  values.forEach((value, index) => {
    if (value === null) {
      endRun();
      return;
    }
    last = { x: round(x(index)), y: round(y(value)) };
    run.push(last);
  });
  endRun();
  return { paths, dots, last };
}
