import { type AddressInfo, createServer } from "node:net";
import { expect, test } from "vitest";
import { isListening, parseAddress, spellAddress } from "./address.ts";

const rules = { option: "--listen", allowRemote: false, allowAnyPort: true };

test("addresses, with the host that is meant when none is given", () => {
  const spelled = ["9000", "localhost:80", "127.0.0.2:0", "[::1]:443"].map((text) =>
    spellAddress(parseAddress(text, rules)),
  );
  expect(spelled).toEqual(["127.0.0.1:9000", "127.0.0.1:80", "127.0.0.2:0", "[::1]:443"]);
});

test("another host is refused unless it is meant", () => {
  expect(() => parseAddress("10.0.0.1:80", rules)).toThrowErrorMatchingInlineSnapshot(
    `[UsageError: --listen "10.0.0.1:80" is not on loopback: the emulator has no access control; add --allow-remote if you mean it]`,
  );
  expect(parseAddress("10.0.0.1:80", { ...rules, allowRemote: true })).toEqual({ host: "10.0.0.1", port: 80 });
});

test("what is no address is refused", () => {
  for (const text of ["", "host:", ":1:2", "70000", "-1", "a b:1"]) {
    expect(() => parseAddress(text, rules)).toThrow("is not [HOST:]PORT");
  }
});

test("a listener is seen without a connection", async () => {
  let connections = 0;
  const server = createServer(() => connections++);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = { host: "127.0.0.1", port: (server.address() as AddressInfo).port };
  const listening = await isListening(address);
  await new Promise((resolve) => server.close(resolve));
  // Null on systems without /proc, where nothing is claimed.
  expect([true, null]).toContain(listening);
  expect([false, null]).toContain(await isListening(address));
  expect(connections).toBe(0);
});
