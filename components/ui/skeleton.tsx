import { cn } from "./cn.ts";

export type SkeletonProps = {
  /** What is loading, for screen readers. */
  readonly label: string;
  readonly shape?: "text" | "figure" | "chart" | "rows";
  readonly rows?: number;
};

const ROW_WIDTHS = ["w-full", "w-11/12", "w-full", "w-5/6", "w-full", "w-10/12"] as const;

/** The outline of what comes, in its final size, so that nothing jumps. */
export function Skeleton({ label, shape = "chart", rows = 6 }: SkeletonProps) {
  return (
    <div role="status" className="flex w-full flex-col gap-2">
      <span className="sr-only">{label}</span>
      {shape === "text" && <Bar className="h-4 w-2/3" />}
      {shape === "figure" && (
        <>
          <Bar className="h-3 w-24" />
          <Bar className="h-8 w-32" />
        </>
      )}
      {shape === "chart" && <Bar className="h-56 w-full" />}
      {shape === "rows" &&
        // biome-ignore lint/suspicious/noArrayIndexKey: identical placeholders without identity
        Array.from({ length: rows }, (_, index) => <Bar key={index} className={cn("h-7", ROW_WIDTHS[index % 6])} />)}
    </div>
  );
}

function Bar({ className }: { readonly className: string }) {
  return <span aria-hidden className={cn("shimmer block rounded-md", className)} />;
}
