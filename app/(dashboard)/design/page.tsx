import { notFound } from "next/navigation";
import { StyleGuide } from "./style-guide.tsx";

/** The living style guide: a page of the development server only. */
export default function DesignPage() {
  if (process.env.NODE_ENV === "production") notFound();
  return <StyleGuide />;
}
