/** The built command line as tests see it: a process with two streams and an exit code. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { execa } from "execa";

export const repository = fileURLToPath(new URL("../..", import.meta.url));
export const main = fileURLToPath(new URL("../../dist/harness/cli/main.js", import.meta.url));

export interface Ended {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs `longhaul` with these arguments below `cwd`. A process that does not end within the limit is killed, so that a
 * hang is a failure of its test and of nothing else.
 */
export async function longhaul(
  args: readonly string[],
  options: { readonly cwd: string; readonly node?: string; readonly env?: Record<string, string> },
): Promise<Ended> {
  if (!existsSync(main)) throw new Error("dist/ is missing: npm run build");
  const { exitCode, stdout, stderr } = await execa(options.node ?? process.execPath, [main, ...args], {
    cwd: options.cwd,
    env: options.env ?? {},
    reject: false,
    timeout: 50_000,
    forceKillAfterDelay: 1_000,
  });
  return { exitCode, stdout, stderr };
}
