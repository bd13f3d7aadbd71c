import { CircleDashed, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

export type EmptyNoteProps = {
  /** One sentence: what is empty and why. */
  readonly children: ReactNode;
  readonly icon?: LucideIcon;
  /** The next step: a button or a link. */
  readonly action?: ReactNode;
};

export function EmptyNote({ children, icon: Icon = CircleDashed, action }: EmptyNoteProps) {
  return (
    <div className="flex flex-col items-center gap-2 rounded-md bg-sunken px-6 py-8 text-center text-sm text-muted-foreground">
      <Icon aria-hidden size={20} strokeWidth={1.5} className="text-subtle-foreground" />
      <p className="max-w-prose text-balance">{children}</p>
      {action}
    </div>
  );
}
