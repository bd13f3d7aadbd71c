import type { ReactNode } from "react";

export type SectionHeaderProps = {
  readonly title: ReactNode;
  readonly summary?: ReactNode;
  readonly actions?: ReactNode;
  /** 1 is the title of the page. */
  readonly level?: 1 | 2 | 3;
  readonly id?: string;
};

const SIZES = { 1: "text-xl", 2: "text-lg", 3: "text-base" } as const;

export function SectionHeader({ title, summary, actions, level = 2, id }: SectionHeaderProps) {
  const Heading = `h${level}` as const;
  return (
    <header className="flex flex-wrap items-end justify-between gap-x-6 gap-y-2">
      <div className="min-w-0 max-w-prose">
        <Heading id={id} className={SIZES[level]}>
          {title}
        </Heading>
        {summary !== undefined && <p className="text-muted-foreground">{summary}</p>}
      </div>
      {actions !== undefined && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  );
}
