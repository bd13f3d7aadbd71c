import { type ReactNode, useId } from "react";
import { cn } from "./cn.ts";

export type SwitchProps = {
  readonly label: ReactNode;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
  readonly isDisabled?: boolean;
};

/** Takes effect at once; use a checkbox where a form is sent. */
export function Switch({ label, isOn, onChange, isDisabled = false }: SwitchProps) {
  const id = useId();
  return (
    <span className="inline-flex items-center gap-2 text-sm">
      <button
        id={`${id}-switch`}
        type="button"
        role="switch"
        aria-checked={isOn}
        aria-labelledby={id}
        disabled={isDisabled}
        onClick={() => onChange(!isOn)}
        className={cn(
          "relative h-4.5 w-8 shrink-0 rounded-full border transition-colors disabled:opacity-50",
          isOn ? "border-accent bg-accent" : "border-border-control bg-sunken",
        )}
      >
        <span
          aria-hidden
          className={cn(
            "absolute top-0.5 left-0.5 size-3 rounded-full transition-transform",
            isOn ? "translate-x-3.5 bg-accent-foreground" : "bg-subtle-foreground",
          )}
        />
      </button>
      <label id={id} htmlFor={`${id}-switch`}>
        {label}
      </label>
    </span>
  );
}
