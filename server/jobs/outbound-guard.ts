import { lookup as resolve } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

/** Addresses that no webhook has business with: link-local (cloud metadata among them), other metadata services, no host at all. */
const REFUSED = new BlockList();
REFUSED.addSubnet("0.0.0.0", 8, "ipv4");
REFUSED.addSubnet("169.254.0.0", 16, "ipv4");
REFUSED.addSubnet("224.0.0.0", 3, "ipv4"); // multicast, reserved, broadcast
REFUSED.addAddress("100.100.100.200", "ipv4"); // metadata of Alibaba Cloud
REFUSED.addAddress("192.0.0.192", "ipv4"); // metadata of Oracle Cloud
REFUSED.addAddress("168.63.129.16", "ipv4"); // platform endpoint of Azure
REFUSED.addAddress("::", "ipv6");
REFUSED.addSubnet("fe80::", 10, "ipv6");
REFUSED.addSubnet("ff00::", 8, "ipv6");
REFUSED.addAddress("fd00:ec2::254", "ipv6"); // metadata of EC2

export class AddressRefusedError extends Error {
  readonly code = "ADDRESS_REFUSED";
  constructor() {
    // Without the address: it is part of a secret.
    super("the address is link-local, a metadata service or no host");
  }
}

/** Whether a connection may go there; IPv4 addresses inside of IPv6 ones count as what they are. */
export function isAllowedAddress(address: string): boolean {
  const bare = address.replace(/^\[(.*)\]$/, "$1").replace(/%.*$/, "");
  const family = isIP(bare);
  if (family === 0) return false;
  if (family === 4) return !REFUSED.check(bare, "ipv4");
  return !REFUSED.check(bare, "ipv6") && !(isMapped(bare) && REFUSED.check(mappedAddress(bare), "ipv4"));
}

/** For a URL whose host is an address itself: those are never looked up. */
export function isAllowedHost(hostname: string): boolean {
  const bare = hostname.replace(/^\[(.*)\]$/, "$1");
  return isIP(bare) === 0 || isAllowedAddress(bare);
}

/**
 * Name resolution that refuses what may not be connected to, so that the address that was checked is the address that is used.
 * A name with one refused address among others is refused as a whole.
 */
export const guardedLookup: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, "", 0);
    const [first] = addresses;
    if (first === undefined || addresses.some(({ address }) => !isAllowedAddress(address)))
      return callback(new AddressRefusedError(), "", 0);
    if (options.all === true) return callback(null, addresses);
    return callback(null, first.address, first.family);
  });
};

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
