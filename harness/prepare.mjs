// `npm run prepare`: builds dist/ after `npm ci`. The first `npx longhaul` of a clone makes npm run `prepare` again,
// only to link the program; what is built already is then left as it is, which saves the user some ten seconds.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const built = existsSync(fileURLToPath(new URL("../dist/schemas", import.meta.url)));
if (process.env.npm_command !== "exec" || !built) {
  const { status } = spawnSync("npm run build", { cwd: root, stdio: "inherit", shell: true });
  process.exitCode = status ?? 1;
}
