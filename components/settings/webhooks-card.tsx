"use client";
import type { AlertRuleList } from "#server/contract/alerts.ts";
import { useAlertTests, useTestWebhook } from "../data/alerts-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { useRefusal } from "../layout/use-refusal.ts";
import { Age } from "../ui/age.tsx";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Card, CardHeader } from "../ui/card.tsx";
import { CodeBlock } from "../ui/code-block.tsx";
import { DeliveryState } from "../ui/delivery-state.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { QueryView } from "../ui/query-view.tsx";

const EXAMPLE = `publicUrl: https://sluice.example
webhooks:
  ops: { urlFile: ./ops-webhook.url, kind: slack }
  pager: { urlFile: ./pager-webhook.url, kind: json }
`;

/** The receivers of sluice.yaml, each with a test, and what became of the tests. */
export function WebhooksCard({ rules }: { readonly rules: AlertRuleList }) {
  const { t } = useReader();
  const refusal = useRefusal("alerts");
  const test = useTestWebhook();
  const { webhooks, publicUrl } = rules;
  return (
    <Card aria-labelledby="webhooks" className="flex flex-col gap-4">
      <CardHeader id="webhooks" title={t("alerts.webhooks")} note={t("alerts.webhooks-note")} />
      {webhooks.length === 0 ? (
        <div className="flex flex-col gap-2">
          <p className="max-w-prose text-sm">{t("alerts.webhooks-none")}</p>
          <CodeBlock label="sluice.yaml" code={EXAMPLE} fileName="sluice.yaml" />
        </div>
      ) : (
        <>
          <ul className="flex flex-col gap-2">
            {webhooks.map(({ name, kind }) => (
              <li key={name} className="flex flex-wrap items-center gap-2">
                <span className="font-medium">{name}</span>
                <Badge look="outline">{kind}</Badge>
                <Button
                  size="sm"
                  className="ml-auto"
                  aria-label={`${t("alerts.test")}: ${name}`}
                  isBusy={test.isPending && test.variables === name}
                  refusal={refusal}
                  onClick={() => test.mutate(name)}
                >
                  {t("alerts.test")}
                </Button>
              </li>
            ))}
          </ul>
          {test.error !== null && <ErrorNote error={test.error} />}
          <p className="text-sm text-muted-foreground">
            {publicUrl === null ? t("alerts.public-url-missing") : t("alerts.public-url", { url: publicUrl })}
          </p>
          <Tests />
        </>
      )}
    </Card>
  );
}

function Tests() {
  const { t } = useReader();
  const tests = useAlertTests();
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-sm font-medium">{t("alerts.tests")}</h3>
      <QueryView what={t("alerts.tests")} query={tests} shape="text">
        {({ items }) =>
          items.length === 0 ? (
            <p className="text-sm text-muted-foreground">{t("alerts.tests-none")}</p>
          ) : (
            <ul className="flex flex-col gap-1.5 text-sm" aria-live="polite">
              {items.map((delivery) => (
                <li key={delivery.id} className="flex flex-wrap items-center gap-x-3 gap-y-0.5">
                  <DeliveryState delivery={delivery} />
                  <Age at={delivery.createdAt} show="age" />
                </li>
              ))}
            </ul>
          )
        }
      </QueryView>
    </section>
  );
}
