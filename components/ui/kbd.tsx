import type { ReactNode } from "react";

export function Kbd({ children }: { readonly children: ReactNode }) {
  return (
    <kbd className="inline-flex h-4.5 min-w-4.5 items-center justify-center rounded-xs border border-b-2 bg-card px-1 font-mono text-2xs text-muted-foreground">
      {children}
    </kbd>
  );
}
