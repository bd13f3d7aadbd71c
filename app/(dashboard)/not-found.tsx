import { SearchX } from "lucide-react";
import { getTranslate } from "#components/i18n/server.ts";
import { EmptyNote } from "#components/ui/empty-note.tsx";
import { SectionHeader } from "#components/ui/section-header.tsx";

/** A cluster, feature or object that does not exist or that the reader may not see. */
export default async function DashboardNotFound() {
  const { t } = await getTranslate();
  return (
    <div className="flex flex-col gap-4">
      <SectionHeader level={1} title={t("error.title.not-found")} />
      <EmptyNote icon={SearchX}>{t("error.next.not-found")}</EmptyNote>
    </div>
  );
}
