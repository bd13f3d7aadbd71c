"use client";
import type { ReactNode } from "react";
import type { Settings } from "#server/contract/settings.ts";
import { useSession } from "../data/access-queries.ts";
import { useSettings } from "../data/settings-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Badge } from "../ui/badge.tsx";
import { Card, CardHeader } from "../ui/card.tsx";
import { QueryView } from "../ui/query-view.tsx";
import { SettingsList } from "../ui/settings-list.tsx";
import { TextLink } from "../ui/text-link.tsx";

/** What sluice.yaml and the start options said: billing, owners, retention, access, clusters. Never a credential. */
export function InstallationPanel() {
  const { t } = useReader();
  const settings = useSettings();
  return (
    <QueryView what={t("settings.installation")} query={settings}>
      {(data) => <Installation settings={data} />}
    </QueryView>
  );
}

function Installation({ settings }: { readonly settings: Settings }) {
  const { t, format } = useReader();
  const session = useSession();
  const { viewer, retention, priceBook } = settings;
  const names = (list: "all" | readonly string[], all: string) => (list === "all" ? all : list.join(", "));
  return (
    <div className="grid items-start gap-5 lg:grid-cols-2">
      <Section id="billing" title={t("settings.billing")} note={t("settings.billing-note")}>
        <Row term={t("settings.currency")}>{settings.currency}</Row>
        <Row term={t("settings.time-zone")}>{settings.timeZone}</Row>
        <Row term={t("settings.price-book")}>
          {t("settings.price-book-facts", {
            count: priceBook.rowCount,
            edited: priceBook.editedCount,
            oldest: priceBook.oldestSourceDate ?? "–",
            newest: priceBook.newestSourceDate ?? "–",
          })}
        </Row>
      </Section>
      <Section id="teams-from" title={t("settings.teams-from")} note={t("settings.teams-from-note")}>
        {settings.teamsFrom.map((place, index) => (
          <Row key={place} term={String(index + 1)}>
            <code className="font-mono text-xs">{place}</code>
          </Row>
        ))}
      </Section>
      <Section
        id="access"
        title={t("settings.access")}
        note={session.data?.isSignInOn === true ? t("access.on-note") : t("settings.access-note")}
      >
        <Row term={t("settings.viewer")}>{viewer.name}</Row>
        <Row term={t("settings.roles")}>{viewer.roles.join(", ")}</Row>
        <Row term={t("access.methods")}>
          <SignInMethodsText />
        </Row>
        <Row term={t("settings.sees")}>
          {names(viewer.clusters, t("settings.all-clusters"))}; {names(viewer.teams, t("settings.all-teams"))}
        </Row>
      </Section>
      <Section id="retention" title={t("settings.retention")} note={`${t("settings.version")} ${settings.version}`}>
        {retention === null ? (
          <Row term="">{t("settings.not-recorded")}</Row>
        ) : (
          <>
            <Row term={t("settings.retention.raw")}>{format.duration(retention.rawSeconds)}</Row>
            <Row term={t("settings.retention.hourly")}>{format.duration(retention.hourlySeconds)}</Row>
            <Row term={t("settings.retention.daily")}>{format.duration(retention.dailySeconds)}</Row>
          </>
        )}
      </Section>
      <Card aria-labelledby="configured-clusters" className="flex flex-col gap-4 lg:col-span-2">
        <CardHeader id="configured-clusters" title={t("settings.clusters")} note={t("clusters.settings-note")} />
        <div className="grid gap-5 md:grid-cols-2 xl:grid-cols-3">
          {settings.clusters.map((cluster) => (
            <section key={cluster.name} className="flex min-w-0 flex-col gap-2">
              <h3 className="flex items-center gap-2 text-sm">
                <TextLink href={`/clusters/${encodeURIComponent(cluster.name)}`}>{cluster.name}</TextLink>
                {cluster.provider !== null && <Badge look="outline">{cluster.provider}</Badge>}
                {cluster.removedAt !== null && <Badge tone="off">{t("settings.removed")}</Badge>}
              </h3>
              <SettingsList settings={cluster.settings} />
            </section>
          ))}
        </div>
      </Card>
    </div>
  );
}

/** Which ways are on; never a secret. */
function SignInMethodsText() {
  const { t } = useReader();
  const { data } = useSession();
  if (data === undefined) return null;
  const { isLocal, oidc, isProxy } = data.methods;
  const ways = [
    ...(isLocal ? [t("access.method.local")] : []),
    ...(oidc === null ? [] : [t("access.method.oidc", { issuer: oidc.issuer })]),
    ...(isProxy ? [t("access.method.proxy")] : []),
  ];
  return ways.length === 0 ? t("access.method.none") : ways.join("; ");
}

type SectionProps = {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly children: ReactNode;
};

function Section({ id, title, note, children }: SectionProps) {
  return (
    <Card aria-labelledby={id} className="flex flex-col gap-3">
      <CardHeader id={id} title={title} note={note} />
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-1.5">{children}</dl>
    </Card>
  );
}

function Row({ term, children }: { readonly term: string; readonly children: ReactNode }) {
  return (
    <div className="contents">
      <dt className="text-muted-foreground">{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}
