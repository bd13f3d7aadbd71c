import { cn } from "./cn.ts";

export type ButtonVariant = "primary" | "secondary" | "ghost" | "danger";
export type ButtonSize = "sm" | "md";

const BASE =
  "inline-flex shrink-0 items-center justify-center gap-1.5 whitespace-nowrap rounded-md font-medium select-none " +
  "transition-colors duration-100 disabled:opacity-50 aria-disabled:opacity-50 [&_svg]:shrink-0";
const VARIANTS: Readonly<Record<ButtonVariant, string>> = {
  primary: "bg-accent text-accent-foreground hover:bg-accent-strong",
  secondary: "border border-border-strong bg-card text-foreground shadow-card hover:bg-hovered",
  ghost: "text-muted-foreground hover:bg-hovered hover:text-foreground",
  danger: "border tone-line bg-card text-status-blocked hover:tone-wash",
};
const SIZES: Readonly<Record<ButtonSize, string>> = { sm: "h-7 px-2 text-xs", md: "h-8 px-3 text-sm" };
const SQUARES: Readonly<Record<ButtonSize, string>> = { sm: "size-7", md: "size-8" };

export function buttonStyle(variant: ButtonVariant, size: ButtonSize, isSquare = false): string {
  return cn(BASE, VARIANTS[variant], isSquare ? SQUARES[size] : SIZES[size]);
}
