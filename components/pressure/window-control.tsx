"use client";
import { PRESSURE_WINDOWS } from "#server/contract/pressure.ts";
import { useMessages } from "../i18n/reader-provider.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { usePressureWindow } from "./pressure-params.ts";

/** The window of the page; it goes along to every page of this area. */
export function WindowControl() {
  const t = useMessages();
  const [window, setWindow] = usePressureWindow();
  return (
    <Segmented
      label={t("pressure.window")}
      value={window}
      options={PRESSURE_WINDOWS.map((value) => ({ value, label: t(`pressure.window.${value}`) }))}
      onChange={setWindow}
    />
  );
}
