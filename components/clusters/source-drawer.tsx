"use client";
import { Wrench } from "lucide-react";
import type { SourceState } from "#server/contract/clusters.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Age } from "../ui/age.tsx";
import { CodeBlock } from "../ui/code-block.tsx";
import { Drawer } from "../ui/drawer.tsx";
import { toRoleYaml } from "../ui/rbac-yaml.ts";
import { SourceStatusBadge } from "../ui/source-status.tsx";

/** One source: what it said, why it gave nothing, and what to do – down to the rule that is missing. */
export function SourceDrawer({ source, onClose }: { readonly source: SourceState; readonly onClose: () => void }) {
  const { t, format } = useReader();
  const { fix } = source;
  return (
    <Drawer
      title={<code className="font-mono text-base break-all">{source.source}</code>}
      description={`${t(`clusters.kind.${source.readKind}`)} – ${t(`clusters.kind.${source.readKind}-what`)}`}
      onClose={onClose}
    >
      <div className="flex flex-col gap-5">
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-5 gap-y-1.5">
          <dt className="text-muted-foreground">{t("clusters.status")}</dt>
          <dd>
            <SourceStatusBadge status={source.status} />
          </dd>
          {(source.reason !== null || source.detail !== null) && (
            <>
              <dt className="text-muted-foreground">{t("clusters.reason")}</dt>
              <dd>
                {[source.reason === null ? null : t(`reason.${source.reason}`), source.detail]
                  .filter((part) => part !== null)
                  .join(" – ")}
              </dd>
            </>
          )}
          <dt className="text-muted-foreground">{t("clusters.objects")}</dt>
          <dd>
            {source.expectedCount === null
              ? format.count(source.objectCount)
              : t("clusters.of", {
                  part: format.count(source.objectCount),
                  whole: format.count(source.expectedCount),
                })}
          </dd>
          {source.skippedCount > 0 && (
            <>
              <dt className="text-muted-foreground">{t("clusters.skipped")}</dt>
              <dd>{format.count(source.skippedCount)}</dd>
            </>
          )}
          <dt className="text-muted-foreground">{t("clusters.bytes")}</dt>
          <dd>{format.bytes(source.receivedBytes, "traffic")}</dd>
          <dt className="text-muted-foreground">{t("clusters.queries")}</dt>
          <dd>{format.count(source.queryCount)}</dd>
          <dt className="text-muted-foreground">{t("clusters.duration")}</dt>
          <dd>{format.duration(source.durationSeconds)}</dd>
          <dt className="text-muted-foreground">{t("clusters.attempted")}</dt>
          <dd>
            <Age at={source.attemptedAt} />
          </dd>
          <dt className="text-muted-foreground">{t("clusters.last-ok")}</dt>
          <dd>
            {source.lastOkAt === null ? (
              <span className="text-status-unknown">{t("clusters.never-read")}</span>
            ) : (
              <Age at={source.lastOkAt} />
            )}
          </dd>
        </dl>
        {fix !== null && (
          <section className="flex flex-col gap-2">
            <h3 className="text-base">{t("clusters.fix")}</h3>
            <p className="flex items-start gap-2">
              <Wrench aria-hidden size={14} className="mt-0.5 shrink-0 text-accent" />
              <span>
                {t(`clusters.fix.${fix.code}`)}
                {fix.hint !== undefined && <span className="block text-muted-foreground">{fix.hint}</span>}
              </span>
            </p>
            {fix.rbac !== undefined && (
              <CodeBlock
                label={t("clusters.one-rule-yaml")}
                code={toRoleYaml([fix.rbac])}
                fileName="sluice-missing-right.yaml"
              />
            )}
          </section>
        )}
      </div>
    </Drawer>
  );
}
