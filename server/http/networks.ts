import { BlockList, isIP } from "node:net";

const lists = new Map<string, BlockList>();

/** Whether the address lies in one of the networks (`10.0.0.0/8`, `::1`). Anything that is no address does not. */
export function isInNetworks(address: string | null, networks: readonly string[]): boolean {
  if (address === null || networks.length === 0) return false;
  const family = isIP(address);
  if (family === 0) return false;
  return listOf(networks).check(address, family === 4 ? "ipv4" : "ipv6");
}

function listOf(networks: readonly string[]): BlockList {
  const key = networks.join();
  const known = lists.get(key);
  if (known !== undefined) return known;
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", prefix] = network.split("/");
    const family = isIP(address);
    if (family === 0) continue;
    const bits = prefix === undefined ? (family === 4 ? 32 : 128) : Number(prefix);
    list.addSubnet(address, bits, family === 4 ? "ipv4" : "ipv6");
  }
  lists.set(key, list);
  return list;
}
