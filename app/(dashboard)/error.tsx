"use client";
import { ErrorNote } from "#components/ui/error-note.tsx";

/** A page that broke: the frame stays, the reader can try again. */
export default function DashboardError({ error, reset }: { readonly error: Error; readonly reset: () => void }) {
  return <ErrorNote error={error} onRetry={reset} />;
}
