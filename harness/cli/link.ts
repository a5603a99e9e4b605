/** longhaul link */
import type { Command } from "commander";
import { collect, wholeNumber } from "./options.ts";

export interface LinkFlags {
  readonly link: string;
  readonly listen: string;
  readonly to: string;
  readonly linkBackend: string;
  readonly clock: string;
  readonly seed: number;
  readonly canary?: readonly string[];
  readonly json?: boolean;
  readonly commands?: boolean;
  readonly spin?: boolean;
  readonly allowRemote?: boolean;
  /** `--no-target-check` */
  readonly targetCheck: boolean;
}

export function addLink(program: Command): void {
  program
    .command("link")
    .description("carry TCP connections to a target at the pace of a link, until stopped")
    .requiredOption("--link <link>", "a link by name, as a document, or written out: rate=1Gbps,rtt=150ms")
    .requiredOption("--listen <address>", "[HOST:]PORT to listen on; port 0: any free one")
    .requiredOption("--to <address>", "[HOST:]PORT of the target")
    .option("--json", "print one JSON object per line instead of text")
    .option("--commands", "take commands as lines of JSON on the standard input; its end ends the link")
    .option("--canary <hex>", "report this byte string wherever it passes; may be given several times", collect)
    .option("--clock <start>", "when the link's events begin to count: listening or first-connection", "listening")
    .option("--seed <n>", "seed of losses and jitter", wholeNumber("--seed", 0), 1)
    .option("--spin", "keep one core busy while there is traffic, for delays exact to some microseconds")
    .option("--link-backend <backend>", "who shapes the path: emulator or netem", "emulator")
    .option("--no-target-check", "start although nobody listens at the target yet")
    .option("--allow-remote", "allow other hosts than this one; the emulator has no access control")
    .action(async (flags: LinkFlags) => {
      const { executeLink } = await import("./execute-link.ts");
      await executeLink(flags);
    });
}
