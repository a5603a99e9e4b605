export * from "./catalogue.ts";
export * from "./cell.ts";
export * from "./ports.ts";
export * from "./run.ts";
export * from "./schemas/index.ts";
export * from "./wire.ts";
