"use client";
import { useState } from "react";
import type { TokenChange } from "#server/contract/tokens.ts";
import { useCreateToken } from "../data/access-queries.ts";
import { useMessages } from "../i18n/reader-provider.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { Input } from "../ui/input.tsx";
import { type Rights, RightsFields } from "./rights-fields.tsx";

const FORM_ID = "token-form";
const MOST_DAYS = 366;

export type TokenDialogProps = { readonly onClose: () => void; readonly onCreated: (change: TokenChange) => void };

/** A token for one program: what it may see, for how long. */
export function TokenDialog({ onClose, onCreated }: TokenDialogProps) {
  const t = useMessages();
  const create = useCreateToken();
  const [name, setName] = useState("");
  const [days, setDays] = useState("90");
  const [rights, setRights] = useState<Rights>({ roles: ["viewer"], clusters: "all", teams: "all" });
  const [wasSent, setSent] = useState(false);
  const isNameFine = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$/.test(name.trim());
  const dayCount = Number(days);
  const areDaysFine = Number.isInteger(dayCount) && dayCount >= 1 && dayCount <= MOST_DAYS;
  const submit = () => {
    setSent(true);
    if (!isNameFine || !areDaysFine || rights.roles.length === 0) return;
    create.mutate({ name: name.trim(), days: dayCount, ...rights }, { onSuccess: onCreated });
  };
  return (
    <Dialog
      title={t("access.tokens.add")}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("settings.cancel")}</Button>
          <Button variant="primary" type="submit" form={FORM_ID} isBusy={create.isPending}>
            {t("access.tokens.add")}
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
        <Input
          label={t("access.name")}
          value={name}
          autoComplete="off"
          onChange={(event) => setName(event.target.value)}
          error={wasSent && !isNameFine ? t("settings.required") : null}
        />
        <Input
          label={t("access.tokens.days")}
          inputMode="numeric"
          value={days}
          onChange={(event) => setDays(event.target.value)}
          error={wasSent && !areDaysFine ? `1–${MOST_DAYS}` : null}
        />
        <RightsFields value={rights} onChange={setRights} />
      </form>
      {create.error !== null && <ErrorNote error={create.error} />}
    </Dialog>
  );
}
