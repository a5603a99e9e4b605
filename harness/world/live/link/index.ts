export { type Address, isListening, parseAddress, spellAddress } from "./address.ts";
export { parseCanary } from "./canary.ts";
export * from "./client.ts";
export { type Action, COMMANDS, type Command, parseCommand } from "./commands.ts";
export * from "./emulator.ts";
export { netemProblem } from "./netem.ts";
export type * from "./notices.ts";
export { type LinkProcessOptions, runLink } from "./process.ts";
