"use client";
import {
  BookOpen,
  Calculator,
  Database,
  FileCog,
  Lightbulb,
  type LucideIcon,
  ReceiptText,
  Server,
  SquareActivity,
} from "lucide-react";
import { useFormat, useMessages } from "../i18n/reader-provider.tsx";
import { Age } from "./age.tsx";
import { CopyButton } from "./copy-button.tsx";
import { Drawer } from "./drawer.tsx";
import { ProgressBar } from "./progress-bar.tsx";
import type { Provenance, ProvenanceSource } from "./provenance.ts";
import { TextLink } from "./text-link.tsx";

const KIND_ICONS: Readonly<Record<ProvenanceSource["kind"], LucideIcon>> = {
  api: Server,
  query: Database,
  metric: SquareActivity,
  price: ReceiptText,
  catalogue: BookOpen,
  configuration: FileCog,
  inference: Lightbulb,
};

export type WhyDrawerProps = { readonly provenance: Provenance; readonly onClose: () => void };

export function WhyDrawer({ provenance, onClose }: WhyDrawerProps) {
  const t = useMessages();
  const format = useFormat();
  const { label, value, unit, takenAt, coverage, formula, sources } = provenance;
  const figure = value === null ? t("state.unknown") : typeof value === "number" ? format.quantity(value, unit) : value;
  return (
    <Drawer title={label} description={t("why.title")} onClose={onClose}>
      <div className="flex flex-col gap-6">
        <div>
          <p className="text-2xl font-semibold tracking-tight">{figure}</p>
          <p className="text-xs text-muted-foreground">
            {t("why.taken")} <Age at={takenAt} />
          </p>
        </div>
        {formula !== null && (
          <section className="flex flex-col gap-1.5">
            <h3 className="flex items-center gap-1.5 text-sm">
              <Calculator aria-hidden size={14} className="text-subtle-foreground" />
              {t("why.formula")}
            </h3>
            <p className="text-sm text-muted-foreground">{formula}</p>
          </section>
        )}
        <section className="flex flex-col gap-1.5">
          <h3 className="text-sm">{t("why.coverage")}</h3>
          {coverage === null ? (
            <p className="text-sm text-status-unknown">{t("why.unknown-coverage")}</p>
          ) : (
            <ProgressBar
              label={t("why.coverage")}
              value={coverage.seen}
              max={coverage.of}
              text={`${t("funnel.of", { met: coverage.seen, of: coverage.of })} ${coverage.what}`}
              tone={coverage.seen < coverage.of ? "attention" : "neutral"}
            />
          )}
        </section>
        <section className="flex flex-col gap-2">
          <h3 className="text-sm">
            {t("why.sources")} <span className="font-normal text-subtle-foreground">{sources.length}</span>
          </h3>
          {sources.length === 0 ? (
            <p className="text-sm text-status-unknown">{t("why.no-sources")}</p>
          ) : (
            <ul className="flex flex-col gap-2">
              {sources.map((source) => (
                <li key={`${source.kind} ${source.ref} ${source.subject ?? ""} ${source.at}`}>
                  <Source source={source} />
                </li>
              ))}
            </ul>
          )}
        </section>
      </div>
    </Drawer>
  );
}

function Source({ source }: { readonly source: ProvenanceSource }) {
  const t = useMessages();
  const Icon = KIND_ICONS[source.kind];
  return (
    <article className="flex flex-col gap-2 rounded-md border bg-sunken p-3">
      <header className="flex items-center gap-1.5 text-xs text-muted-foreground">
        <Icon aria-hidden size={13} className="shrink-0" />
        <span className="grow">{t(`why.kind.${source.kind}`)}</span>
        {source.docsUrl !== undefined && (
          <TextLink href={source.docsUrl} isExternal>
            {t("why.docs")}
          </TextLink>
        )}
      </header>
      <div className="flex items-start gap-1">
        <code className="grow font-mono text-xs break-all">{source.ref}</code>
        <CopyButton text={source.ref} size="sm" />
      </div>
      {source.detail !== undefined && <p className="text-xs text-muted-foreground">{source.detail}</p>}
      <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 border-t pt-2 text-xs">
        {source.subject !== undefined && source.subject !== "" && (
          <>
            <dt className="text-muted-foreground">{t("why.subject")}</dt>
            <dd className="font-mono break-all">{source.subject}</dd>
          </>
        )}
        <dt className="text-muted-foreground">{t("why.observed")}</dt>
        <dd className="font-mono break-all">{source.observed}</dd>
        <dt className="text-muted-foreground">{t("why.taken")}</dt>
        <dd>
          <Age at={source.at} />
        </dd>
      </dl>
    </article>
  );
}
