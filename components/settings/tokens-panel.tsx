"use client";
import { Plus, Trash2 } from "lucide-react";
import { useMemo, useState } from "react";
import type { Token, TokenChange } from "#server/contract/tokens.ts";
import { useRevokeToken, useTokenList } from "../data/access-queries.ts";
import { useMessages } from "../i18n/reader-provider.tsx";
import { Age } from "../ui/age.tsx";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { QueryView } from "../ui/query-view.tsx";
import type { TableColumn } from "../ui/table-column.ts";
import { ConfirmDialog } from "./confirm-dialog.tsx";
import { rolesText, scopeText } from "./scope-text.ts";
import { SecretDialog } from "./secret-dialog.tsx";
import { TokenDialog } from "./token-dialog.tsx";

/** Tokens of programs: what they see, until when, when they were last used. */
export function TokensPanel() {
  const t = useMessages();
  const tokens = useTokenList();
  const revoke = useRevokeToken();
  const [isAdding, setAdding] = useState(false);
  const [revoking, setRevoking] = useState<Token | null>(null);
  const [made, setMade] = useState<TokenChange | null>(null);
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-start gap-3">
        <p className="max-w-prose text-muted-foreground">{t("access.tokens.note")}</p>
        <Button className="ml-auto" variant="primary" onClick={() => setAdding(true)}>
          <Plus aria-hidden size={14} />
          {t("access.tokens.add")}
        </Button>
      </div>
      <QueryView what={t("settings.tab.tokens")} query={tokens}>
        {({ items }) => <TokenTable tokens={items} onRevoke={setRevoking} />}
      </QueryView>
      {isAdding && (
        <TokenDialog
          onClose={() => setAdding(false)}
          onCreated={(change) => {
            setAdding(false);
            setMade(change);
          }}
        />
      )}
      {made?.secret != null && (
        <SecretDialog
          title={t("access.tokens.secret-title", { name: made.token.name })}
          note={t("access.tokens.secret-note")}
          secret={made.secret}
          onClose={() => setMade(null)}
        />
      )}
      {revoking !== null && (
        <ConfirmDialog
          title={t("access.tokens.revoke-title", { name: revoking.name })}
          text={t("access.tokens.revoke-note")}
          verb={t("access.tokens.revoke")}
          isBusy={revoke.isPending}
          error={revoke.error}
          onClose={() => setRevoking(null)}
          onConfirm={() => revoke.mutate(revoking.id, { onSuccess: () => setRevoking(null) })}
        />
      )}
    </div>
  );
}

type TokenTableProps = { readonly tokens: readonly Token[]; readonly onRevoke: (token: Token) => void };

function TokenTable({ tokens, onRevoke }: TokenTableProps) {
  const t = useMessages();
  const columns = useMemo<readonly TableColumn<Token>[]>(
    () => [
      { id: "name", header: t("access.name"), value: ({ name }) => name, isFixed: true },
      {
        id: "state",
        header: t("access.state"),
        value: ({ state }) => t(`access.tokens.state.${state}`),
        cell: ({ state }) => (
          <Badge tone={state === "active" ? "ready" : state === "expired" ? "attention" : "off"}>
            {t(`access.tokens.state.${state}`)}
          </Badge>
        ),
      },
      {
        id: "prefix",
        header: t("access.tokens.start"),
        value: ({ prefix }) => prefix,
        cell: ({ prefix }) => <code className="font-mono text-xs">{prefix}…</code>,
      },
      { id: "roles", header: t("access.roles"), value: ({ roles }) => rolesText(t, roles) },
      { id: "scope", header: t("settings.sees"), value: (token) => scopeText(t, token) },
      moment("expires", t("access.tokens.expires"), "expiresAt", t("access.users.never")),
      moment("used", t("access.tokens.used"), "usedAt", t("access.users.never")),
      moment("created", t("access.created"), "createdAt", ""),
      { id: "by", header: t("access.created-by"), value: ({ createdBy }) => createdBy },
      {
        id: "change",
        header: t("access.change"),
        value: () => "",
        isFixed: true,
        csvHeader: "id",
        csv: ({ id }) => id,
        cell: (token) =>
          token.state === "revoked" ? null : (
            <span className="flex justify-end">
              <IconButton
                size="sm"
                icon={Trash2}
                label={`${t("access.tokens.revoke")}: ${token.name}`}
                onClick={() => onRevoke(token)}
              />
            </span>
          ),
      },
    ],
    [t, onRevoke],
  );
  return (
    <DataTable
      label={t("settings.tab.tokens")}
      rows={tokens}
      columns={columns}
      rowKey={({ id }) => String(id)}
      urlKey="tokens"
      csvName="tokens"
      empty={<EmptyNote>{t("access.tokens.none")}</EmptyNote>}
    />
  );
}

function moment(
  id: string,
  header: string,
  field: "expiresAt" | "usedAt" | "createdAt",
  never: string,
): TableColumn<Token> {
  return {
    id,
    header,
    value: (token) => token[field],
    csvHeader: field,
    cell: (token) => {
      const at = token[field];
      return at === null ? <span className="text-muted-foreground">{never}</span> : <Age at={at} show="age" />;
    },
  };
}
