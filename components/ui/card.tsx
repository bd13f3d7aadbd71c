import type { ComponentProps, ReactNode } from "react";
import { cn } from "./cn.ts";

export type CardProps = ComponentProps<"section"> & { readonly padding?: "none" | "normal" };

export function Card({ padding = "normal", className, ...rest }: CardProps) {
  return (
    <section
      className={cn("min-w-0 rounded-lg border bg-card shadow-card", padding === "normal" && "p-4", className)}
      {...rest}
    />
  );
}

export type CardHeaderProps = {
  readonly title: ReactNode;
  readonly id?: string;
  readonly note?: ReactNode;
  readonly actions?: ReactNode;
  readonly level?: 2 | 3 | 4;
};

/** The title row of a card; give the card `aria-labelledby` with the same id. */
export function CardHeader({ title, id, note, actions, level = 2 }: CardHeaderProps) {
  const Heading = `h${level}` as const;
  return (
    <header className="flex min-h-7 flex-wrap items-center justify-between gap-x-4 gap-y-1">
      <div className="min-w-0">
        <Heading id={id} className="text-base">
          {title}
        </Heading>
        {note !== undefined && <p className="text-xs text-muted-foreground">{note}</p>}
      </div>
      {actions !== undefined && <div className="flex items-center gap-1.5">{actions}</div>}
    </header>
  );
}
