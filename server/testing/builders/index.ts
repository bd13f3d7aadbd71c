export * from "./objects.ts";
export * from "./snapshot.ts";
