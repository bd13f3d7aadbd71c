// Next resolves this package itself; elsewhere it stands for an empty module (see vitest.config.ts).
declare module "server-only";
