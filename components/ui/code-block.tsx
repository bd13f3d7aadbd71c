"use client";
import { Download } from "lucide-react";
import { useMessages } from "../i18n/reader-provider.tsx";
import { CopyButton } from "./copy-button.tsx";
import { download } from "./download.ts";
import { IconButton } from "./icon-button.tsx";

export type CodeBlockProps = {
  /** What it is ("RBAC rule", "manifest"), the name of the region. */
  readonly label: string;
  readonly code: string;
  /** Offers a download under this name. */
  readonly fileName?: string;
};

/** A manifest, a rule or a command: scrolls by itself, copies and downloads. */
export function CodeBlock({ label, code, fileName }: CodeBlockProps) {
  const t = useMessages();
  return (
    <div className="overflow-hidden rounded-md border bg-sunken">
      <div className="flex h-9 items-center gap-1 border-b pr-1 pl-3">
        <span className="grow truncate text-xs text-muted-foreground">{fileName ?? label}</span>
        {fileName !== undefined && (
          <IconButton
            icon={Download}
            label={t("ui.download")}
            size="sm"
            onClick={() => download(fileName, code, "application/yaml")}
          />
        )}
        <CopyButton text={code} size="sm" />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section role="group" tabIndex={0} aria-label={label} className="max-h-96 overflow-auto p-3">
        <pre className="font-mono text-xs">
          <code>{code}</code>
        </pre>
      </section>
    </div>
  );
}
