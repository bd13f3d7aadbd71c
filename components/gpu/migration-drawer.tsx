"use client";
import type { GpuMigrationRow } from "#server/contract/gpu-migration.ts";
import { useGpuMigrationPlan } from "../data/gpu-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { CodeBlock } from "../ui/code-block.tsx";
import { Drawer } from "../ui/drawer.tsx";
import { QueryView } from "../ui/query-view.tsx";
import { blockerText } from "./blocker-text.ts";

type MigrationDrawerProps = { readonly row: GpuMigrationRow; readonly onClose: () => void };

/** What to apply for one workload, in order, and what to mind. */
export function MigrationDrawer({ row, onClose }: MigrationDrawerProps) {
  const { t } = useReader();
  const { cluster: id, namespace, kind, name } = row;
  const plan = useGpuMigrationPlan({ id, namespace, kind, name });
  return (
    <Drawer
      title={t("gpu.objects-of", { name })}
      description={`${id} · ${namespace} · ${kind}`}
      size="lg"
      onClose={onClose}
    >
      <div className="flex flex-col gap-3">
        {row.blockers.length > 0 && (
          <ul className="flex list-disc flex-col gap-1 pl-4 text-sm">
            {row.blockers.map((blocker) => (
              <li key={blocker.key + JSON.stringify(blocker.params)}>
                {t(`gpu.severity.${blocker.severity}`)}: {blockerText(blocker, t)}
                {blocker.evidence.length > 0 && (
                  <span className="block font-mono text-xs break-words text-muted-foreground">
                    {blocker.evidence.join(", ")}
                  </span>
                )}
              </li>
            ))}
          </ul>
        )}
        <QueryView what={t("gpu.objects")} query={plan} shape="text">
          {({ documents }) =>
            documents.length === 0 ? (
              <p className="text-sm text-muted-foreground">{t("gpu.objects-none")}</p>
            ) : (
              <>
                {row.version !== null && (
                  <p className="text-xs text-muted-foreground">{t("gpu.objects-version", { version: row.version })}</p>
                )}
                {documents.map((document) => (
                  <CodeBlock
                    key={document.fileName}
                    label={document.fileName}
                    code={document.text}
                    fileName={document.fileName}
                  />
                ))}
              </>
            )
          }
        </QueryView>
      </div>
    </Drawer>
  );
}
