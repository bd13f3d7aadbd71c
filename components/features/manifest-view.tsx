"use client";
import { useFeatureManifest } from "../data/features-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { CodeBlock } from "../ui/code-block.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { Skeleton } from "../ui/skeleton.tsx";

export type ManifestViewProps = { readonly feature: string; readonly cluster: string };

/** The next step for one cluster as documents to copy, or the reason why there is none. */
export function ManifestView({ feature, cluster }: ManifestViewProps) {
  const { t } = useReader();
  const { data, error, refetch } = useFeatureManifest(feature, cluster);
  if (error !== null && data === undefined) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton label={t("ui.loading", { what: t("features.manifest") })} shape="text" />;
  if (data.because !== null)
    return <p className="text-sm text-muted-foreground">{t(`features.because.${data.because}`)}</p>;
  return (
    <div className="flex flex-col gap-3">
      {data.minor !== null && (
        <p className="text-xs text-muted-foreground">{t("features.manifest-for", { minor: data.minor })}</p>
      )}
      {data.documents.map((document) => (
        <CodeBlock
          key={document.fileName}
          label={`${document.fileName} · ${t(`features.format.${document.format}`)}`}
          code={document.text}
          fileName={document.fileName}
        />
      ))}
    </div>
  );
}
