import type { LucideIcon } from "lucide-react";
import type { ComponentProps } from "react";
import { type ButtonSize, type ButtonVariant, buttonStyle } from "./button-style.ts";
import { cn } from "./cn.ts";

export type IconButtonProps = Omit<ComponentProps<"button">, "children" | "aria-label"> & {
  readonly icon: LucideIcon;
  /** The name for screen readers and the hover title. */
  readonly label: string;
  readonly variant?: ButtonVariant;
  readonly size?: ButtonSize;
  /** Why this reader may not do it; the button stays focusable, says so and does nothing. */
  readonly refusal?: string | undefined;
};

export function IconButton({
  icon: Icon,
  label,
  variant = "ghost",
  size = "md",
  refusal,
  className,
  ...rest
}: IconButtonProps) {
  const refused =
    refusal === undefined
      ? {}
      : { title: `${label} – ${refusal}`, "aria-disabled": true, "aria-description": refusal, onClick: undefined };
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={cn(buttonStyle(variant, size, true), className)}
      {...rest}
      {...refused}
    >
      <Icon aria-hidden size={size === "sm" ? 14 : 16} strokeWidth={1.75} />
    </button>
  );
}
