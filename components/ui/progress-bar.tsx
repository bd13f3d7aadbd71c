import { cn } from "./cn.ts";
import { type Tone, toneFill } from "./tone.ts";

export type ProgressBarProps = {
  readonly label: string;
  readonly value: number;
  readonly max: number;
  /** The same in words, shown above the bar and read by screen readers ("18 of 20 nodes"). */
  readonly text?: string;
  readonly tone?: Tone;
};

export function ProgressBar({ label, value, max, text, tone = "accent" }: ProgressBarProps) {
  const share = max > 0 ? Math.min(1, Math.max(0, value / max)) : 0;
  return (
    <div className="flex min-w-0 flex-col gap-1">
      {text !== undefined && <span className="text-xs text-muted-foreground">{text}</span>}
      <div
        role="progressbar"
        aria-label={label}
        aria-valuenow={value}
        aria-valuemin={0}
        aria-valuemax={max}
        aria-valuetext={text}
        className="h-1.5 overflow-hidden rounded-full bg-hovered"
      >
        <div
          className={cn("h-full rounded-full transition-[width] duration-300", toneFill[tone])}
          style={{ width: `${share * 100}%` }}
        />
      </div>
    </div>
  );
}
