"use client";
import type { FlowPeer } from "#server/contract/network.ts";
import { useMessages } from "../i18n/reader-provider.tsx";

/** `namespace/name` of one end; what is not known or not the viewer's says so. */
export function Peer({ peer }: { readonly peer: FlowPeer }) {
  const t = useMessages();
  if (peer.isHidden) return <span className="text-muted-foreground italic">{t("network.hidden")}</span>;
  if (peer.name === "") return <span className="text-status-unknown">{t("network.unknown-peer")}</span>;
  return (
    <span className="whitespace-nowrap" title={peer.kind}>
      <span className="text-muted-foreground">{peer.namespace}/</span>
      {peer.name}
    </span>
  );
}

/** The same as text, for sorting, filters and exports. */
export function peerText(peer: FlowPeer): string {
  return peer.isHidden || peer.name === "" ? "" : `${peer.namespace}/${peer.name}`;
}
