/** What the pods of one zone received and sent over the pod network. Unit: bytes per second. */
export type ZoneTraffic = {
  /** Empty = pods whose zone is not known. */
  readonly zone: string;
  readonly receivedBytesPerSecond: number;
  readonly sentBytesPerSecond: number;
  /** The part received by pods behind a Service whose zone preference is in force. */
  readonly keptBytesPerSecond: number;
};
export type CrossZoneBound = {
  /** No more than this can cross zones inside the cluster. */
  readonly highBytesPerSecond: number;
  /** What would cross if senders did not look at zones; the preference of Services that have one is taken to hold. */
  readonly expectedBytesPerSecond: number;
};

/**
 * What could cross zones, from received and sent bytes per zone alone: nobody says who talks with whom.
 *
 * Basis: a byte that crosses into a zone was received there and sent elsewhere, so into each zone cross at most as many bytes as its
 * pods received and as all others sent; the sum over zones is the bound. Expected: each zone's received bytes × the share of all sent
 * bytes that was sent elsewhere, as it would be if senders were drawn without a look at zones. The truth lies between 0 and the
 * bound. It includes what came from or went to the internet and outside peers, which never cross between zones of the cluster, so
 * it is an upper bound and no measurement; bytes of a pod of unknown zone are in the bound only.
 * Unit: bytes per second. Errors: none; `null` with fewer than two zones, where nothing can cross.
 * Source: facts on cAdvisor and EndpointSlices, section 5.8.
 */
export function estimateCrossZone(zones: readonly ZoneTraffic[]): CrossZoneBound | null {
  const known = zones.filter(({ zone }) => zone !== "");
  if (known.length < 2) return null;
  const sent = zones.reduce((sum, zone) => sum + zone.sentBytesPerSecond, 0);
  let highBytesPerSecond = 0;
  let expectedBytesPerSecond = 0;
  for (const one of zones) {
    const sentElsewhere = one.zone === "" ? sent : sent - one.sentBytesPerSecond;
    highBytesPerSecond += Math.min(one.receivedBytesPerSecond, sentElsewhere);
    if (one.zone === "" || sent === 0) continue;
    const free = Math.max(0, one.receivedBytesPerSecond - one.keptBytesPerSecond);
    expectedBytesPerSecond += Math.min(free * (sentElsewhere / sent), sentElsewhere);
  }
  return { highBytesPerSecond, expectedBytesPerSecond };
}
