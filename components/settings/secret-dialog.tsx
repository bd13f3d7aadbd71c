"use client";
import { CopyButton } from "../ui/copy-button.tsx";
import { Dialog } from "../ui/dialog.tsx";

export type SecretDialogProps = {
  readonly title: string;
  readonly note: string;
  readonly secret: string;
  readonly onClose: () => void;
};

/** Something that is shown once. */
export function SecretDialog({ title, note, secret, onClose }: SecretDialogProps) {
  return (
    <Dialog title={title} description={note} onClose={onClose}>
      <div className="flex items-start gap-2 rounded-md border bg-sunken px-3 py-2">
        <code className="min-w-0 grow font-mono text-xs break-all">{secret}</code>
        <CopyButton text={secret} size="sm" />
      </div>
    </Dialog>
  );
}
