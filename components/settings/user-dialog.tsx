"use client";
import { useState } from "react";
import type { User, UserChange } from "#server/contract/users.ts";
import { useChangeUser, useCreateUser } from "../data/access-queries.ts";
import { useMessages } from "../i18n/reader-provider.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { Input } from "../ui/input.tsx";
import { type Rights, RightsFields, ROLES } from "./rights-fields.tsx";

const FORM_ID = "user-form";

export type UserDialogProps = {
  /** `null` = a new one. */
  readonly user: User | null;
  readonly onClose: () => void;
  readonly onSaved: (change: UserChange) => void;
};

/** A new local user, or the rights of one. */
export function UserDialog({ user, onClose, onSaved }: UserDialogProps) {
  const t = useMessages();
  const create = useCreateUser();
  const change = useChangeUser();
  const [name, setName] = useState("");
  const [rights, setRights] = useState<Rights>(() =>
    user === null
      ? { roles: ["viewer"], clusters: "all", teams: "all" }
      : { ...user, roles: ROLES.filter((role) => user.roles.includes(role)) },
  );
  const [wasSent, setSent] = useState(false);
  const isNameFine = user !== null || /^[A-Za-z0-9](?:[A-Za-z0-9._@+-]{0,62}[A-Za-z0-9])?$/.test(name.trim());
  const { roles, clusters, teams } = rights;
  const submit = () => {
    setSent(true);
    if (!isNameFine || roles.length === 0) return;
    if (user === null) create.mutate({ name: name.trim(), roles, clusters, teams }, { onSuccess: onSaved });
    else change.mutate({ id: user.id, patch: { roles, clusters, teams } }, { onSuccess: onSaved });
  };
  const error = create.error ?? change.error;
  return (
    <Dialog
      title={user === null ? t("access.users.add") : t("access.users.edit", { name: user.name })}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("settings.cancel")}</Button>
          <Button variant="primary" type="submit" form={FORM_ID} isBusy={create.isPending || change.isPending}>
            {t("settings.save")}
          </Button>
        </>
      }
    >
      <form
        id={FORM_ID}
        noValidate
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        {user === null && (
          <Input
            label={t("access.name")}
            value={name}
            autoComplete="off"
            onChange={(event) => setName(event.target.value)}
            error={wasSent && !isNameFine ? t("settings.required") : null}
          />
        )}
        <RightsFields value={rights} onChange={setRights} />
      </form>
      {error !== null && <ErrorNote error={error} />}
    </Dialog>
  );
}
