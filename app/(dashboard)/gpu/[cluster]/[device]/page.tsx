import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import { headers } from "next/headers";
import { gpuDeviceOptions, toHours } from "#components/data/gpu-queries.ts";
import { makeQueryClient } from "#components/data/query-client.ts";
import { DeviceScreen } from "#components/gpu/device-screen.tsx";
import { getTranslate } from "#components/i18n/server.ts";
import { namesIn, type SearchParams } from "#components/url/names-in.ts";
import { resolveTimeRange, timeRangeParam } from "#components/url/time-range.ts";
import { currentViewer } from "#server/http/current-viewer.ts";
import { getGpuDevice } from "#server/query/get-gpu-device.ts";

type PageProps = {
  readonly params: Promise<{ readonly cluster: string; readonly device: string }>;
  readonly searchParams: SearchParams;
};

export async function generateMetadata() {
  const { t } = await getTranslate();
  return { title: t("gpu.device") };
}

export default async function DevicePage({ params, searchParams }: PageProps) {
  const viewer = await currentViewer(new Headers(await headers()));
  const { cluster: rawCluster, device: rawDevice } = await params;
  const [cluster, device] = [decodeURIComponent(rawCluster), decodeURIComponent(rawDevice)];
  const range = timeRangeParam.parse(namesIn(await searchParams, timeRangeParam.name));
  const query = toHours(range, resolveTimeRange(range, Date.now()));
  const client = makeQueryClient();
  await client.prefetchQuery({
    ...gpuDeviceOptions(cluster, device, query),
    queryFn: () => getGpuDevice(viewer, cluster, device, query),
    retry: false,
  });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <DeviceScreen cluster={cluster} device={device} />
    </HydrationBoundary>
  );
}
