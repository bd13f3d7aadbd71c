"use client";
import { Upload } from "lucide-react";

export type FileButtonProps = {
  readonly text: string;
  readonly label: string;
  readonly accept: string;
  readonly onFile: (file: File) => void;
};

/** A button that asks for a file; the same file can be chosen again. */
export function FileButton({ text, label, accept, onFile }: FileButtonProps) {
  return (
    <label className="inline-flex h-8 cursor-pointer items-center gap-1.5 rounded-md border bg-card px-3 text-sm font-medium hover:bg-hovered has-focus-visible:outline-2 has-focus-visible:outline-focus">
      <Upload aria-hidden size={14} />
      {text}
      <input
        type="file"
        accept={accept}
        aria-label={label}
        className="sr-only"
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          target.value = "";
          if (file !== undefined) onFile(file);
        }}
      />
    </label>
  );
}
