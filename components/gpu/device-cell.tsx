"use client";
import { memo } from "react";
import type { DeviceState, GpuDevice } from "#server/contract/gpu.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { cn } from "../ui/cn.ts";
import { figureValue } from "../ui/figure.ts";
import { toneText } from "../ui/tone.ts";
import { deviceHref, holderNames, shortModel } from "./device-name.ts";
import { DEVICE_STATES, STATE_COLOUR, STATE_ICON, STATE_TONE } from "./device-state.ts";

type DeviceCellProps = {
  readonly device: GpuDevice;
  readonly index: number;
  readonly isEntry: boolean;
  /** What its address takes along from the grid's: `?cluster=…`, or nothing. */
  readonly scope: string;
};

const iconId = (state: DeviceState) => `gpu-state-${state}`;

/** The state icons once, for all cells to point at: a grid draws hundreds, and some icons have eight strokes. */
export function CellIcons() {
  return (
    <div hidden>
      {DEVICE_STATES.map((state) => {
        const Icon = STATE_ICON[state];
        return <Icon key={state} id={iconId(state)} aria-hidden size={12} />;
      })}
    </div>
  );
}

/**
 * One device: holder, activity (or its slices), memory. A plain link with few elements: hundreds come and go while the grid is scrolled;
 * the grid follows clicks for all of them.
 */
export const DeviceCell = memo(function DeviceCell({ device, index, isEntry, scope }: DeviceCellProps) {
  const { t, format } = useReader();
  const names = holderNames(device.holders);
  const [name] = names;
  const holder =
    name === undefined
      ? t(device.state === "active" ? "gpu.unknown-holder" : "gpu.nobody")
      : names.length === 1
        ? name
        : t("gpu.more-holders", { name, count: names.length - 1 });
  const activity = figureValue(device.activity);
  const activityText = activity === null ? "?" : format.percent(activity);
  const used = figureValue(device.memoryUsed);
  const memory = used === null || device.memoryBytes === null ? null : Math.min(1, used / device.memoryBytes);
  const memoryText = memory === null ? "?" : format.percent(memory);
  const shown = [
    holder,
    activity === null ? t("gpu.silent-hours") : activityText,
    memory === null ? "" : format.bytes(used ?? 0, "memory"),
  ].filter((text) => text !== "");
  return (
    <a
      href={`${deviceHref(device)}${scope}`}
      data-device
      data-state={device.state}
      tabIndex={isEntry ? 0 : -1}
      title={device.id}
      className={cn(
        "flex h-[3.9rem] min-w-0 flex-col rounded-md border bg-card px-2 py-1.5 text-xs hover:border-border-strong hover:bg-hovered",
        device.state === "held-unknown" && "hatched border-dashed border-border-control",
        device.state === "free" && "border-dashed",
      )}
    >
      {/* The one name for whoever does not see the cell; what is drawn says the same. */}
      <span className="sr-only">
        {t("gpu.cell", {
          model: shortModel(device.model),
          index: String(index),
          node: device.nodeName ?? t("gpu.no-node"),
          state: t(`gpu.state.${device.state}`),
          shown: shown.join(" "),
          activity: activityText,
          memory: memoryText,
        })}
      </span>
      <span aria-hidden className="flex min-w-0 items-center gap-1">
        <svg aria-hidden="true" width={12} height={12} className={cn("shrink-0", toneText[STATE_TONE[device.state]])}>
          <use href={`#${iconId(device.state)}`} />
        </svg>
        <span className={cn("truncate", names.length === 0 ? "text-muted-foreground" : "font-medium")}>{holder}</span>
      </span>
      <span aria-hidden className="mt-auto flex items-baseline justify-between gap-1 text-2xs text-muted-foreground">
        {shown.slice(1).map((text) => (
          <span key={text}>{text}</span>
        ))}
      </span>
      {device.partitions.length > 0 ? (
        <Slices partitions={device.partitions} />
      ) : (
        <span className="mt-auto h-1.5 shrink-0 rounded-full" style={filled(activity, STATE_COLOUR[device.state])} />
      )}
      <span className="mt-0.5 h-0.5 shrink-0 rounded-full" style={filled(memory, "var(--ink-subtle)")} />
    </a>
  );
});

/** A bar in one element: filled up to a share, empty beyond. */
function filled(ratio: number | null, colour: string) {
  const percent = Math.round((ratio ?? 0) * 1000) / 10;
  return { background: `linear-gradient(to right, ${colour} ${percent}%, var(--hovered) ${percent}%)` };
}

/** MIG slices side by side, as wide as their share of compute; held ones carry their state, free ones are empty. */
function Slices({ partitions }: { readonly partitions: GpuDevice["partitions"] }) {
  return (
    <span className="mt-auto flex h-1.5 shrink-0 gap-px">
      {partitions.map(({ id, computeShare, state, activityRatio }) => (
        <span
          key={id}
          className="rounded-xs"
          style={{
            ...filled(activityRatio, STATE_COLOUR[state]),
            flexGrow: computeShare ?? 1 / partitions.length,
            flexBasis: 0,
            boxShadow: state === "free" ? undefined : `inset 0 0 0 1px ${STATE_COLOUR[state]}`,
          }}
        />
      ))}
    </span>
  );
}
