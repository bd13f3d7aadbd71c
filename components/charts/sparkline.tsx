import { linePath } from "./line-path.ts";

export type SparklineProps = {
  /** What it shows, with first and newest value in words. */
  readonly label: string;
  readonly values: readonly (number | null)[];
  readonly width?: number;
  readonly height?: number;
  /** Any colour token; the text colour by default. */
  readonly colour?: string;
  /** Lowest value of the scale; `null` fits the samples. */
  readonly floor?: number | null;
};

/** A word-sized line: plain SVG, drawn on the server, 0 kB of library. */
export function Sparkline({
  label,
  values,
  width = 96,
  height = 24,
  colour = "var(--series-1)",
  floor = 0,
}: SparklineProps) {
  const known = values.filter((value) => value !== null);
  const base = floor ?? (known.length === 0 ? 0 : Math.min(...known));
  const { paths, dots, last } = linePath(values, { width, height, floor: base });
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      className="shrink-0"
    >
      {paths.map((path) => (
        <path key={path} d={path} fill="none" stroke={colour} strokeWidth={1.5} strokeLinejoin="round" />
      ))}
      {dots.map(({ x, y }) => (
        <circle key={`${x} ${y}`} cx={x} cy={y} r={1.5} fill={colour} />
      ))}
      {last !== null && <circle cx={last.x} cy={last.y} r={2} fill={colour} />}
    </svg>
  );
}
