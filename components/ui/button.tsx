import type { ComponentProps } from "react";
import { type ButtonSize, type ButtonVariant, buttonStyle } from "./button-style.ts";
import { cn } from "./cn.ts";

export type ButtonProps = ComponentProps<"button"> & {
  readonly variant?: ButtonVariant;
  readonly size?: ButtonSize;
  /** Shows that the click is being worked on; the button stays focusable and ignores further clicks. */
  readonly isBusy?: boolean;
  /** Why this reader may not do it; the button stays focusable, says so and does nothing. */
  readonly refusal?: string | undefined;
};

export function Button({
  variant = "secondary",
  size = "md",
  isBusy = false,
  refusal,
  className,
  onClick,
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      className={cn(buttonStyle(variant, size), className)}
      {...rest}
      aria-disabled={isBusy || refusal !== undefined || undefined}
      aria-busy={isBusy || undefined}
      aria-description={refusal}
      title={refusal ?? rest.title}
      onClick={isBusy || refusal !== undefined ? (event) => event.preventDefault() : onClick}
    >
      {isBusy && (
        <span aria-hidden className="size-3 animate-spin rounded-full border-2 border-current border-r-transparent" />
      )}
      {children}
    </button>
  );
}
