import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The version in the package that this file belongs to, whether it runs from the sources or from dist/. */
export function packageVersion(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    try {
      const { name, version } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
      if (name === "longhaul") return version;
    } catch {
      // No package here: look further up.
    }
    const above = dirname(directory);
    if (above === directory) throw new Error("the package.json of longhaul is missing");
    directory = above;
  }
}
