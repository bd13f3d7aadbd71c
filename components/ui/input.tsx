import type { LucideIcon } from "lucide-react";
import { type ComponentProps, type ReactNode, useId } from "react";
import { cn } from "./cn.ts";

export const fieldStyle =
  "h-8 w-full min-w-0 rounded-md border border-border-control bg-card px-2.5 text-sm text-foreground hover:border-subtle-foreground " +
  "aria-invalid:border-status-blocked disabled:opacity-60";

export type InputProps = Omit<ComponentProps<"input">, "id"> & {
  readonly label: string;
  /** Keeps the label for screen readers only, where icon and place say it. */
  readonly isLabelHidden?: boolean;
  readonly icon?: LucideIcon;
  readonly hint?: ReactNode;
  readonly error?: string | null;
};

export function Input({
  label,
  isLabelHidden = false,
  icon: Icon,
  hint,
  error = null,
  className,
  ...rest
}: InputProps) {
  const id = useId();
  const noteId = `${id}-note`;
  const hasNote = error !== null || hint !== undefined;
  return (
    <div className={cn("flex min-w-0 flex-col gap-1", className)}>
      <label htmlFor={id} className={isLabelHidden ? "sr-only" : "text-xs font-medium text-muted-foreground"}>
        {label}
      </label>
      <div className="relative">
        {Icon !== undefined && (
          <Icon
            aria-hidden
            size={14}
            className="pointer-events-none absolute top-1/2 left-2.5 -translate-y-1/2 text-subtle-foreground"
          />
        )}
        <input
          id={id}
          aria-invalid={error !== null || undefined}
          aria-describedby={hasNote ? noteId : undefined}
          className={cn(fieldStyle, Icon !== undefined && "pl-8")}
          {...rest}
        />
      </div>
      {hasNote && (
        <p id={noteId} className={cn("text-xs", error === null ? "text-muted-foreground" : "text-status-blocked")}>
          {error ?? hint}
        </p>
      )}
    </div>
  );
}
