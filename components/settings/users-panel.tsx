"use client";
import { KeyRound, Pencil, Plus, UserCheck, UserX } from "lucide-react";
import { useMemo, useState } from "react";
import type { User, UserChange } from "#server/contract/users.ts";
import { useChangeUser, useCreatePasswordLink, useSession, useUserList } from "../data/access-queries.ts";
import { useMessages, useReader } from "../i18n/reader-provider.tsx";
import { Age } from "../ui/age.tsx";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { QueryView } from "../ui/query-view.tsx";
import type { TableColumn } from "../ui/table-column.ts";
import { ConfirmDialog } from "./confirm-dialog.tsx";
import { rolesText, scopeText } from "./scope-text.ts";
import { SecretDialog } from "./secret-dialog.tsx";
import { UserDialog } from "./user-dialog.tsx";

/** People: their rights, links for passwords, and the door. */
export function UsersPanel() {
  const { t, format } = useReader();
  const users = useUserList();
  const session = useSession();
  const change = useChangeUser();
  const createLink = useCreatePasswordLink();
  const [editing, setEditing] = useState<User | "new" | null>(null);
  const [leaving, setLeaving] = useState<User | null>(null);
  const [made, setMade] = useState<UserChange | null>(null);
  const saved = (answer: UserChange) => {
    setEditing(null);
    if (answer.link !== null) setMade(answer);
  };
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-start gap-3">
        <p className="max-w-prose text-muted-foreground">
          {t("access.users.note")} {session.data?.isSignInOn === false && t("access.loopback-note")}
        </p>
        <Button className="ml-auto" variant="primary" onClick={() => setEditing("new")}>
          <Plus aria-hidden size={14} />
          {t("access.users.add")}
        </Button>
      </div>
      {createLink.error !== null && <ErrorNote error={createLink.error} />}
      <QueryView what={t("settings.tab.users")} query={users}>
        {({ items }) => (
          <UserTable
            users={items}
            onEdit={setEditing}
            onDoor={setLeaving}
            onLink={(user) => createLink.mutate(user.id, { onSuccess: saved })}
          />
        )}
      </QueryView>
      {editing !== null && (
        <UserDialog user={editing === "new" ? null : editing} onClose={() => setEditing(null)} onSaved={saved} />
      )}
      {leaving !== null && (
        <ConfirmDialog
          title={`${leaving.isDisabled ? t("access.users.enable") : t("access.users.disable")}: ${leaving.name}`}
          text={leaving.isDisabled ? rolesText(t, leaving.roles) : t("access.users.disable-note")}
          verb={leaving.isDisabled ? t("access.users.enable") : t("access.users.disable")}
          isBusy={change.isPending}
          error={change.error}
          onClose={() => setLeaving(null)}
          onConfirm={() =>
            change.mutate(
              { id: leaving.id, patch: { isDisabled: !leaving.isDisabled } },
              { onSuccess: () => setLeaving(null) },
            )
          }
        />
      )}
      {made?.link != null && (
        <SecretDialog
          title={t("access.users.link-title", { name: made.user.name })}
          note={t("access.users.link-note", { moment: format.dateTime(made.link.expiresAt) })}
          secret={new URL(made.link.path, window.location.origin).href}
          onClose={() => setMade(null)}
        />
      )}
    </div>
  );
}

type UserTableProps = {
  readonly users: readonly User[];
  readonly onEdit: (user: User) => void;
  readonly onDoor: (user: User) => void;
  readonly onLink: (user: User) => void;
};

function UserTable({ users, onEdit, onDoor, onLink }: UserTableProps) {
  const t = useMessages();
  const columns = useMemo<readonly TableColumn<User>[]>(
    () => [
      { id: "name", header: t("access.name"), value: ({ name }) => name, isFixed: true },
      {
        id: "state",
        header: t("access.state"),
        value: (user) => t(`access.users.${stateOf(user)}`),
        cell: (user) => {
          const state = stateOf(user);
          const tone = state === "active" ? "ready" : state === "waiting" ? "attention" : "off";
          return <Badge tone={tone}>{t(`access.users.${state}`)}</Badge>;
        },
      },
      { id: "roles", header: t("access.roles"), value: ({ roles }) => rolesText(t, roles) || "–" },
      { id: "scope", header: t("settings.sees"), value: (user) => scopeText(t, user) },
      { id: "origin", header: t("access.users.origin"), value: ({ origin }) => t(`access.users.origin.${origin}`) },
      {
        id: "sessions",
        header: t("access.users.sessions"),
        unit: "count",
        value: ({ sessionCount }) => sessionCount,
        csvHeader: "sessionCount",
      },
      {
        id: "signed-in",
        header: t("access.users.signed-in"),
        value: ({ signedInAt }) => signedInAt,
        cell: ({ signedInAt }) =>
          signedInAt === null ? (
            <span className="text-muted-foreground">{t("access.users.never")}</span>
          ) : (
            <Age at={signedInAt} show="age" />
          ),
        csvHeader: "signedInAt",
      },
      {
        id: "change",
        header: t("access.change"),
        value: () => "",
        isFixed: true,
        csvHeader: "id",
        csv: ({ id }) => id,
        cell: (user) => <UserButtons user={user} onEdit={onEdit} onDoor={onDoor} onLink={onLink} />,
      },
    ],
    [t, onEdit, onDoor, onLink],
  );
  return (
    <DataTable
      label={t("settings.tab.users")}
      rows={users}
      columns={columns}
      rowKey={({ id }) => String(id)}
      urlKey="users"
      csvName="users"
      empty={<EmptyNote>{t("access.users.none")}</EmptyNote>}
    />
  );
}

/** What sluice.yaml rules has no buttons here; an issuer's people have the door alone. */
function UserButtons({ user, onEdit, onDoor, onLink }: Omit<UserTableProps, "users"> & { readonly user: User }) {
  const t = useMessages();
  if (user.origin === "file") return null;
  return (
    <span className="flex justify-end gap-0.5">
      {user.kind === "local" && (
        <>
          <IconButton
            size="sm"
            icon={Pencil}
            label={t("access.users.edit", { name: user.name })}
            onClick={() => onEdit(user)}
          />
          {!user.isDisabled && (
            <IconButton
              size="sm"
              icon={KeyRound}
              label={`${t("access.users.link")}: ${user.name}`}
              onClick={() => onLink(user)}
            />
          )}
        </>
      )}
      <IconButton
        size="sm"
        icon={user.isDisabled ? UserCheck : UserX}
        label={`${user.isDisabled ? t("access.users.enable") : t("access.users.disable")}: ${user.name}`}
        onClick={() => onDoor(user)}
      />
    </span>
  );
}

function stateOf(user: User): "active" | "waiting" | "disabled" {
  if (user.isDisabled) return "disabled";
  return user.kind === "local" && !user.hasPassword ? "waiting" : "active";
}
