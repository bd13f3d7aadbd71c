"use client";
import { CircleUserRound, LogOut } from "lucide-react";
import { useSession } from "../data/access-queries.ts";
import { useMessages } from "../i18n/reader-provider.tsx";
import { buttonStyle } from "../ui/button-style.ts";
import { cn } from "../ui/cn.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { Popover } from "../ui/popover.tsx";

/** Who am I, and the way out. Where nobody signs in there is nobody to show. */
export function AccountMenu() {
  const t = useMessages();
  const { data } = useSession();
  const viewer = data?.viewer;
  if (viewer === undefined || viewer === null || viewer.via === "loopback") return null;
  const label = t("login.account", { name: viewer.name });
  return (
    <Popover
      label={label}
      align="end"
      trigger={(props) => <IconButton {...props} icon={CircleUserRound} label={label} size="sm" />}
    >
      <div className="flex min-w-52 flex-col gap-3">
        <div className="flex flex-col gap-0.5">
          <span className="font-medium break-all">{viewer.name}</span>
          <span className="text-xs text-muted-foreground">
            {viewer.roles.map((role) => t(`access.role.${role}`)).join(", ")}
          </span>
          {(viewer.clusters !== "all" || viewer.teams !== "all") && (
            <span className="text-xs text-muted-foreground">{t("login.part-of-fleet")}</span>
          )}
        </div>
        {viewer.via === "session" && (
          <form method="post" action="/api/auth/out">
            <button type="submit" className={cn(buttonStyle("secondary", "sm"), "w-full")}>
              <LogOut aria-hidden size={13} />
              {t("login.sign-out")}
            </button>
          </form>
        )}
      </div>
    </Popover>
  );
}
