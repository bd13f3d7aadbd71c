"use client";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { useMessages } from "../i18n/reader-provider.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Kbd } from "../ui/kbd.tsx";
import { NAVIGATION_ITEMS } from "./navigation.ts";
import { scopeHref } from "./scope-href.ts";
import { SCOPE_PARAMS } from "./use-scope.ts";

export type ShortcutsProps = { readonly onToggleSidebar: () => void };

const SEQUENCE_MILLISECONDS = 1_200;

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** `g` + letter goes to a page, `/` to the table's filter, `[` folds the sidebar, `?` shows the list. */
export function Shortcuts({ onToggleSidebar }: ShortcutsProps) {
  const t = useMessages();
  const router = useRouter();
  const [isOpen, setOpen] = useState(false);
  const pendingUntil = useRef(0);

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector("dialog[open]") !== null) return;
      if (event.timeStamp < pendingUntil.current) {
        pendingUntil.current = 0;
        const item = NAVIGATION_ITEMS.find(({ key }) => key === event.key);
        if (item === undefined) return;
        event.preventDefault();
        router.push(scopeHref(item.href, new URLSearchParams(window.location.search), SCOPE_PARAMS));
      } else if (event.key === "g") {
        pendingUntil.current = event.timeStamp + SEQUENCE_MILLISECONDS;
      } else if (event.key === "?") {
        setOpen(true);
      } else if (event.key === "[") {
        onToggleSidebar();
      } else if (event.key === "/") {
        const filter = document.querySelector<HTMLElement>("[data-table-filter]");
        if (filter === null) return;
        event.preventDefault();
        filter.focus();
      }
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [router, onToggleSidebar]);

  if (!isOpen) return null;
  return (
    <Dialog title={t("shell.shortcuts")} size="sm" onClose={() => setOpen(false)}>
      <dl className="grid grid-cols-[1fr_auto] gap-x-6 gap-y-1.5 text-sm">
        {NAVIGATION_ITEMS.map(({ area, key }) => (
          <Row key={area} what={t("shell.shortcuts.go", { page: t(`${area}.title`) })} keys={["g", key]} />
        ))}
        <Row what={t("shell.shortcuts.filter")} keys={["/"]} />
        <Row what={t("shell.shortcuts.sidebar")} keys={["["]} />
        <Row what={t("shell.shortcuts.help")} keys={["?"]} />
      </dl>
    </Dialog>
  );
}

function Row({ what, keys }: { readonly what: string; readonly keys: readonly string[] }) {
  return (
    <>
      <dt className="text-muted-foreground">{what}</dt>
      <dd className="flex items-center justify-end gap-1">
        {keys.map((key, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: "g g" repeats a key and never changes order
          <Kbd key={index}>{key}</Kbd>
        ))}
      </dd>
    </>
  );
}
