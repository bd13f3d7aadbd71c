"use client";
import { useSearchParams } from "next/navigation";
import type { ReactNode } from "react";
import { useMessages } from "../i18n/reader-provider.tsx";
import { scopeHref } from "../layout/scope-href.ts";
import { Breadcrumb, type Crumb } from "../ui/breadcrumb.tsx";
import { SectionHeader } from "../ui/section-header.tsx";
import { PRESSURE_PARAMS } from "./pressure-params.ts";
import { WindowControl } from "./window-control.tsx";

/** The way down to this thing, its name and the window. */
export function PlaceHeader({
  crumbs,
  title,
  summary,
}: {
  readonly crumbs: readonly Crumb[];
  readonly title: string;
  readonly summary?: ReactNode;
}) {
  const t = useMessages();
  const search = useSearchParams();
  return (
    <div className="flex flex-col gap-2">
      <Breadcrumb
        crumbs={[
          { label: t("pressure.title"), href: scopeHref("/pressure", search, PRESSURE_PARAMS) },
          ...crumbs,
          { label: title },
        ]}
      />
      <SectionHeader level={1} title={title} summary={summary} actions={<WindowControl />} />
    </div>
  );
}
