"use client";
import { useMessages } from "../i18n/reader-provider.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ErrorNote } from "../ui/error-note.tsx";

export type ConfirmDialogProps = {
  readonly title: string;
  readonly text: string;
  /** What the button does, as a verb. */
  readonly verb: string;
  readonly isBusy: boolean;
  readonly error: unknown;
  readonly onClose: () => void;
  readonly onConfirm: () => void;
};

export function ConfirmDialog({ title, text, verb, isBusy, error, onClose, onConfirm }: ConfirmDialogProps) {
  const t = useMessages();
  return (
    <Dialog
      size="sm"
      title={title}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("settings.cancel")}</Button>
          <Button variant="danger" isBusy={isBusy} onClick={onConfirm}>
            {verb}
          </Button>
        </>
      }
    >
      <p>{text}</p>
      {error !== null && error !== undefined && <ErrorNote error={error} />}
    </Dialog>
  );
}
