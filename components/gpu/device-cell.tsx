"use client";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import type { DeviceState, GpuDevice } from "#server/contract/gpu.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { scopeHref } from "../layout/scope-href.ts";
import { SCOPE_PARAMS } from "../layout/use-scope.ts";
import { cn } from "../ui/cn.ts";
import { figureValue } from "../ui/figure.ts";
import { toneText } from "../ui/tone.ts";
import { deviceHref, holderNames, shortModel } from "./device-name.ts";
import { STATE_COLOUR, STATE_ICON, STATE_TONE } from "./device-state.ts";

type DeviceCellProps = { readonly device: GpuDevice; readonly index: number; readonly isEntry: boolean };

/** One device: holder, activity (or its slices), memory. */
export function DeviceCell({ device, index, isEntry }: DeviceCellProps) {
  const { t, format } = useReader();
  const search = useSearchParams();
  const Icon = STATE_ICON[device.state];
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
  return (
    <Link
      href={scopeHref(deviceHref(device), search, SCOPE_PARAMS)}
      prefetch={false}
      data-device
      data-state={device.state}
      tabIndex={isEntry ? 0 : -1}
      title={device.id}
      className={cn(
        "flex h-[3.9rem] min-w-0 flex-col justify-between rounded-md border bg-card px-2 py-1.5 text-xs hover:border-border-strong hover:bg-hovered",
        device.state === "held-unknown" && "hatched border-dashed border-border-control",
        device.state === "free" && "border-dashed",
      )}
    >
      <span className="sr-only">
        {t("gpu.cell", {
          model: shortModel(device.model),
          index: String(index),
          node: device.nodeName ?? t("gpu.no-node"),
          state: t(`gpu.state.${device.state}`),
          holder,
          activity: activityText,
          memory: memoryText,
        })}
      </span>
      <span aria-hidden className="flex min-w-0 items-center gap-1">
        <Icon aria-hidden size={12} className={cn("shrink-0", toneText[STATE_TONE[device.state]])} />
        <span className={cn("truncate", names.length === 0 ? "text-muted-foreground" : "font-medium")}>{holder}</span>
      </span>
      <span aria-hidden className="flex items-baseline justify-between gap-1 text-2xs text-muted-foreground">
        <span>{activity === null ? t("gpu.silent-hours") : activityText}</span>
        <span>{memory === null ? "" : format.bytes(used ?? 0, "memory")}</span>
      </span>
      <span aria-hidden className="flex flex-col gap-0.5">
        {device.partitions.length > 0 ? (
          <Slices partitions={device.partitions} />
        ) : (
          <Bar ratio={activity} state={device.state} />
        )}
        <span className="h-0.5 overflow-hidden rounded-full bg-hovered">
          {memory !== null && (
            <span className="block h-full bg-subtle-foreground" style={{ width: `${memory * 100}%` }} />
          )}
        </span>
      </span>
    </Link>
  );
}

function Bar({ ratio, state }: { readonly ratio: number | null; readonly state: DeviceState }) {
  return (
    <span className="h-1.5 overflow-hidden rounded-full bg-hovered">
      {ratio !== null && (
        <span className="block h-full" style={{ width: `${ratio * 100}%`, background: STATE_COLOUR[state] }} />
      )}
    </span>
  );
}

/** MIG slices side by side, as wide as their share of compute; held ones carry their state, free ones are empty. */
function Slices({ partitions }: { readonly partitions: GpuDevice["partitions"] }) {
  return (
    <span className="flex h-1.5 gap-px">
      {partitions.map(({ id, computeShare, state, activityRatio }) => (
        <span
          key={id}
          className="overflow-hidden rounded-xs bg-hovered"
          style={{
            flexGrow: computeShare ?? 1 / partitions.length,
            flexBasis: 0,
            boxShadow: state === "free" ? undefined : `inset 0 0 0 1px ${STATE_COLOUR[state]}`,
          }}
        >
          {activityRatio !== null && (
            <span
              className="block h-full"
              style={{ width: `${activityRatio * 100}%`, background: STATE_COLOUR[state] }}
            />
          )}
        </span>
      ))}
    </span>
  );
}
