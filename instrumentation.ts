/** Once per web process, before its first request. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { notePeers } = await import("#server/http/peer.ts");
  notePeers();
}
