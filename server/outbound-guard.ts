import { lookup as resolveName } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { buildConnector } from "undici";

/** What nothing that Sluice asks lives at: link-local (cloud metadata among it), other metadata services, no host at all. */
const REFUSED = new BlockList();
REFUSED.addSubnet("0.0.0.0", 8, "ipv4");
REFUSED.addSubnet("169.254.0.0", 16, "ipv4");
REFUSED.addSubnet("224.0.0.0", 4, "ipv4"); // multicast
REFUSED.addAddress("255.255.255.255", "ipv4");
REFUSED.addAddress("100.100.100.200", "ipv4"); // metadata of Alibaba Cloud
REFUSED.addAddress("192.0.0.192", "ipv4"); // metadata of Oracle Cloud
REFUSED.addAddress("168.63.129.16", "ipv4"); // platform endpoint of Azure
REFUSED.addAddress("::", "ipv6");
REFUSED.addSubnet("fe80::", 10, "ipv6");
REFUSED.addSubnet("ff00::", 8, "ipv6");
REFUSED.addAddress("fd00:ec2::254", "ipv6"); // metadata of EC2

/** Clusters run on class E too, no receiver of messages does. */
const RESERVED = new BlockList();
RESERVED.addSubnet("240.0.0.0", 4, "ipv4");

/** Names of metadata services, for where a proxy resolves and no address is seen. */
const METADATA_NAMES = /^(?:metadata|instance-data|metadata\.(?:google\.internal|goog|azure\.(?:com|internal)))\.?$/i;

export class AddressRefusedError extends Error {
  readonly code = "ADDRESS_REFUSED";
  constructor() {
    // Without the address: it is part of a secret.
    super("the address is link-local, a metadata service or no host");
  }
}

/** Like `dns.lookup` with `all: true`. */
export type Resolve = (
  hostname: string,
  options: { readonly all: true },
  callback: (error: Error | null, addresses: readonly { readonly address: string; readonly family: number }[]) => void,
) => void;

export type OutboundGuard = {
  /** Errors: AddressRefusedError for a host that is itself an address, or a metadata service's name, that is refused. */
  readonly check: (hostname: string) => void;
  /**
   * Name resolution that refuses what may not be connected to. The socket connects to what this returns, so the address that was
   * checked is the address that is used; the next connection resolves, and is checked, again. A name with one refused address among
   * others is refused as a whole.
   */
  readonly lookup: LookupFunction;
};

export type GuardOptions = {
  /** Networks that are connected to although the rule refuses them. */
  readonly allowedCIDRs?: readonly string[];
  /** Reserved networks are refused as well. */
  readonly isPublicOnly?: boolean;
  readonly resolve?: Resolve;
};

/** What may be connected to. Loopback and private networks are where clusters live; link-local is where credentials of machines lie. */
export function createOutboundGuard({
  allowedCIDRs = [],
  isPublicOnly = false,
  resolve = resolveName,
}: GuardOptions = {}): OutboundGuard {
  const allowed = toBlockList(allowedCIDRs);
  const mayReach = (address: string) =>
    isInside(allowed, address) || (isAllowedAddress(address) && !(isPublicOnly && isInside(RESERVED, address)));
  return {
    check(hostname) {
      const bare = hostname.replace(/^\[(.*)\]$/, "$1");
      if (isIP(bare) === 0 ? METADATA_NAMES.test(bare) : !mayReach(bare)) throw new AddressRefusedError();
    },
    lookup(hostname, options, callback) {
      resolve(hostname, { ...options, all: true }, (error, addresses) => {
        if (error !== null) return callback(error, "", 0);
        const [first] = addresses;
        if (first === undefined || addresses.some(({ address }) => !mayReach(address)))
          return callback(new AddressRefusedError(), "", 0);
        if (options.all === true) return callback(null, [...addresses]);
        return callback(null, first.address, first.family);
      });
    },
  };
}

/** For sources without networks of their own to allow. */
export const SOURCE_GUARD = createOutboundGuard();
/** For receivers of messages. */
export const WEBHOOK_GUARD = createOutboundGuard({ isPublicOnly: true });

/**
 * How an undici dispatcher connects: names through the guarded resolution, addresses in the URL, which nobody looks up, checked before.
 */
export function guardedConnector(guard: OutboundGuard, options: buildConnector.BuildOptions): buildConnector.connector {
  // `lookup` is an option of the sockets below, which undici's types leave out beside TLS.
  const withLookup = { allowH2: false, ...options, lookup: guard.lookup } as buildConnector.BuildOptions;
  const connect = buildConnector(withLookup);
  return (target, callback) => {
    try {
      guard.check(target.hostname);
    } catch (error) {
      callback(error instanceof Error ? error : new AddressRefusedError(), null);
      return;
    }
    connect(target, callback);
  };
}

/** Whether a connection may go there; IPv4 addresses inside of IPv6 ones count as what they are. */
export function isAllowedAddress(address: string): boolean {
  const bare = address.replace(/^\[(.*)\]$/, "$1").replace(/%.*$/, "");
  return isIP(bare) !== 0 && !isInside(REFUSED, bare);
}

function isInside(list: BlockList, address: string): boolean {
  const bare = address.replace(/^\[(.*)\]$/, "$1").replace(/%.*$/, "");
  const family = isIP(bare);
  if (family === 4) return list.check(bare, "ipv4");
  return family === 6 && (list.check(bare, "ipv6") || (isMapped(bare) && list.check(mappedAddress(bare), "ipv4")));
}

function toBlockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", prefix = ""] = network.split("/");
    list.addSubnet(address, Number(prefix), isIP(address) === 6 ? "ipv6" : "ipv4");
  }
  return list;
}

function isMapped(address: string): boolean {
  return /^(?:0*:)*:?ffff:/i.test(address) || /^::\d+\.\d+\.\d+\.\d+$/.test(address);
}

/** The IPv4 address at the end of `::ffff:a.b.c.d` or `::ffff:aabb:ccdd`. */
function mappedAddress(address: string): string {
  const dotted = /(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1];
  if (dotted !== undefined) return dotted;
  const [high = 0, low = 0] = address
    .split(":")
    .slice(-2)
    .map((part) => Number.parseInt(part, 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}
