import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bench, sleep, until } from "./testing.ts";

/** The built command line: what is tested here is the process, so `npm run build` comes first. */
const main = fileURLToPath(new URL("../../../../dist/harness/cli/main.js", import.meta.url));

let target: Server;
let port: number;
beforeAll(async () => {
  if (!existsSync(main)) throw new Error("dist/ is missing: npm run build");
  target = createServer((socket) => socket.pipe(socket));
  await new Promise<void>((resolve) => {
    target.listen(0, "127.0.0.1", resolve);
  });
  ({ port } = target.address() as AddressInfo);
});
afterAll(() => target.close());

const usual = () => ["--link", "lan-1g", "--listen", "0", "--to", `${port}`];
const start = (args: readonly string[]) => execa("node", [main, "link", ...args], { reject: false, timeout: 20_000 });

async function refusal(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await start(args);
  return `${exitCode}: ${stderr}${stdout}`.replaceAll(`${port}`, "PORT");
}

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s: one line when ready, a summary, exit code %i", async (signal, code) => {
  const running = start(usual());
  let out = "";
  running.stdout.on("data", (text) => {
    out += text;
  });
  await until("it is ready", () => out.includes("\n"));
  expect(out).toMatch(
    /^ready: 127\.0\.0\.1:\d+ → 127\.0\.0\.1:\d+ over rate=1Gbps \(at most 941 Mb\/s of payload there, .*\n$/,
  );
  running.kill(signal);
  const { exitCode, stdout, stderr } = await running;
  expect([exitCode, stderr]).toEqual([code, ""]);
  expect(stdout.split("\n")[1]).toMatch(
    new RegExp(`^ended \\(${signal}\\) after .*: 0 connections, 0 B there, 0 B back$`),
  );
});

test("mistakes are one line and exit code 2", async () => {
  const taken = `${port}`;
  const told = await Promise.all([
    refusal("--link", "lan-1g", "--listen", "0"),
    refusal("--link", "lan-1gg", "--listen", "0", "--to", taken),
    refusal("--link", "rate=0bps", "--listen", "0", "--to", taken),
    refusal("--link", "lan-1g", "--listen", taken, "--to", taken),
    refusal("--link", "lan-1g", "--listen", "0", "--to", "1"),
    refusal("--link", "lan-1g", "--listen", "0", "--to", "0"),
    refusal("--link", "lan-1g", "--listen", "0.0.0.0:0", "--to", taken),
    refusal("--link", "lan-1g", "--listen", "0", "--to", "192.0.2.1:80"),
    refusal(...usual(), "--canary", "zz"),
    refusal(...usual(), "--clock", "never"),
    refusal(...usual(), "--link-backend", "netm"),
  ]);
  expect(told.join("\n")).toMatchInlineSnapshot(`
    "2: longhaul: required option '--to <address>' not specified; longhaul --help lists what there is
    2: longhaul: unknown link "lan-1gg"; did you mean "lan-1g"?
    2: longhaul: up.rate is 0 bit/s; a link needs a rate from 1bps to 1000Tbps
    2: longhaul: 127.0.0.1:PORT is in use by another program; choose another port, or 0 for any free one
    2: longhaul: nobody listens at 127.0.0.1:1; start the target first, or add --no-target-check
    2: longhaul: --to "0" is not [HOST:]PORT; write for example 127.0.0.1:9000 (ports 1 to 65535)
    2: longhaul: --listen "0.0.0.0:0" is not on loopback: the emulator has no access control; add --allow-remote if you mean it
    2: longhaul: --to "192.0.2.1:80" is not on loopback: the emulator has no access control; add --allow-remote if you mean it
    2: longhaul: canary "zz" is not hexadecimal; write two digits per byte, for example 6c6f6e6768
    2: longhaul: unknown value of --clock "never"; known: listening, first-connection
    2: longhaul: unknown value of --link-backend "netm"; did you mean "netem"?"
  `);
});

test("netem is refused with the reason, or as not built yet where the kernel has it", async () => {
  const { exitCode, stderr } = await start([...usual(), "--link-backend", "netem"]);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(
    /^longhaul: netem (is not available on this machine: .+|works on this machine, but .+); use --link-backend emulator$/,
  );
});

test("a target that comes later is allowed when asked for", async () => {
  const running = start(["--link", "lan-1g", "--listen", "0", "--to", "1", "--no-target-check", "--json"]);
  let out = "";
  running.stdout.on("data", (text) => {
    out += text;
  });
  await until("it is ready", () => out.includes("ready"));
  running.kill("SIGTERM");
  expect((await running).exitCode).toBe(143);
});

test("commands come on the standard input; garbage is answered, and the end of the input is the end", async () => {
  const running = execa("node", [main, "link", ...usual(), "--json", "--commands"], { reject: false });
  running.stdin.write("garbage\n");
  running.stdin.write(`${"x".repeat(100_000)}\n`);
  running.stdin.end('{"command":"status","id":"s"}');
  const { exitCode, stdout } = await running;
  const notices = stdout.split("\n").map((line) => JSON.parse(line));
  expect(exitCode).toBe(0);
  expect(notices.map(({ event }) => event)).toEqual([
    "ready",
    "clock-started",
    "not-done",
    "not-done",
    "done",
    "summary",
  ]);
  expect(notices[2].message).toContain("not JSON: garbage");
  expect(notices[3].message).toBe("a line of more than 65536 bytes");
  expect(notices[4]).toMatchObject({ id: "s", command: "status" });
  expect(notices[5].reason).toBe("end of input");
});

test("nothing is left when the harness is killed with its emulator running", async () => {
  const client = fileURLToPath(new URL("../../../../dist/harness/world/live/link/index.js", import.meta.url));
  const links = fileURLToPath(new URL("../../../../dist/harness/link/index.js", import.meta.url));
  const script = `
    const { startLink } = await import(${JSON.stringify(client)});
    const { parseLink } = await import(${JSON.stringify(links)});
    const address = (port) => ({ host: "127.0.0.1", port });
    const link = await startLink({ link: parseLink("rate=1Gbps"), listen: address(0), target: address(${port}) });
    console.log(link.pid);
    setInterval(() => {}, 1000);`;
  const harness = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let out = "";
  harness.stdout.on("data", (text) => {
    out += text;
  });
  await until("the emulator runs", () => /^\d+\n/.test(out));
  const pid = Number(out);
  harness.kill("SIGKILL");
  await until("the emulator is gone", () => !existsSync(`/proc/${pid}`) && gone(pid));
});

function gone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

test("an emulator that is killed fails what was asked of it", async () => {
  const { link, stop } = await bench("rate=1Gbps");
  process.kill(link.pid, "SIGKILL");
  expect(await link.exited).toBeNull();
  await expect(link.command({ command: "status" })).rejects.toThrow("the link emulator has ended");
  await expect(stop()).rejects.toThrow("without a summary");
});

test("an idle emulator with an open connection costs next to nothing", async () => {
  const { link, open, stop, taken } = await bench("rate=1Gbps,rtt=10ms");
  const client = await open();
  client.socket.write("hello");
  await until("hello arrives", () => taken[0]?.bytes === 5);
  await sleep(500);
  const before = (await link.command({ command: "status" })).cpuNs;
  await sleep(1000);
  const usedNs = (await link.command({ command: "status" })).cpuNs - before;
  await stop();
  expect(usedNs).toBeLessThan(50e6);
});
