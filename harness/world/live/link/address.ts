/** Where the emulator listens and whom it connects to. Loopback only, unless the user says otherwise. */
import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { UsageError } from "../../../base/errors.ts";

export interface Address {
  readonly host: string;
  readonly port: number;
}

const LOOPBACK = "127.0.0.1";
/** The state LISTEN in /proc/net/tcp (Linux, include/net/tcp_states.h). */
const LISTENING = "0A";

export const spellAddress = ({ host, port }: Address): string =>
  host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;

const isLoopback = (host: string): boolean => host === "::1" || (isIP(host) === 4 && host.startsWith("127."));

export interface AddressRules {
  /** Name of the option, for messages. */
  readonly option: string;
  readonly allowRemote: boolean;
  /** Whether port 0, "any free one", makes sense. */
  readonly allowAnyPort: boolean;
}

/** Reads `[HOST:]PORT`; an IPv6 host stands in brackets. */
export function parseAddress(text: string, { option, allowRemote, allowAnyPort }: AddressRules): Address {
  const match = /^(?:(?:\[([^\]]+)\]|([^:[\]\s]+)):)?(\d{1,5})$/.exec(text.trim());
  const port = Number(match?.[3]);
  const lowest = allowAnyPort ? 0 : 1;
  if (match === null || port > 65_535 || port < lowest) {
    throw new UsageError(
      `${option} "${text}" is not [HOST:]PORT; write for example 127.0.0.1:9000 (ports ${lowest} to 65535)`,
    );
  }
  const given = match[1] ?? match[2] ?? LOOPBACK;
  const host = given === "localhost" ? LOOPBACK : given;
  if (!allowRemote && !isLoopback(host)) {
    throw new UsageError(
      `${option} "${text}" is not on loopback: the emulator has no access control; add --allow-remote if you mean it`,
    );
  }
  return { host, port };
}

/**
 * Whether somebody listens there, without connecting: a target that takes one connection only, such as a hypervisor that
 * waits for a migration, must not be disturbed. Null where that cannot be known (another host, another system).
 */
export async function isListening({ host, port }: Address): Promise<boolean | null> {
  if (!isLoopback(host)) return null;
  const tables = await Promise.all(
    ["/proc/net/tcp", "/proc/net/tcp6"].map((path) => readFile(path, "utf8").catch(() => null)),
  );
  const known = tables.filter((table) => table !== null);
  if (known.length === 0) return null;
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return known.some((table) =>
    table.split("\n").some((line) => {
      const [, local, , state] = line.trim().split(/\s+/);
      return state === LISTENING && local.endsWith(suffix);
    }),
  );
}
