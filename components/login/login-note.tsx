import { CircleCheck, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "../ui/cn.ts";

/** What happened before this page: announced at once, in words and with a mark. */
export function LoginNote({ isGood = false, children }: { readonly isGood?: boolean; readonly children: ReactNode }) {
  const Icon = isGood ? CircleCheck : TriangleAlert;
  return (
    <p
      role={isGood ? "status" : "alert"}
      className={cn(
        "flex items-start gap-2 rounded-md border px-3 py-2 text-sm tone-line tone-wash",
        isGood ? "text-status-ready" : "text-status-blocked",
      )}
    >
      <Icon aria-hidden size={15} className="mt-0.5 shrink-0" />
      <span className="text-foreground">{children}</span>
    </p>
  );
}
