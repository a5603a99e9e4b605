import type { Capability, Cell, EngineManifest } from "../contract/index.ts";

/**
 * What a cell needs and the manifest does not declare. Policies are not needs: any engine takes any policy and leaves
 * aside the rules that do not concern it. How pages travel and what they are is not left to the engine's choice.
 */
export function missingNeeds(cell: Cell, manifest: EngineManifest): string[] {
  const { link, scenario } = cell;
  const needs: [Capability, boolean][] = [
    ["streams", link.transport.streams > 1],
    ["compression", scenario.transfer.compression !== "none"],
    ["delta", scenario.transfer.deltaCacheBytes > 0],
    ["huge-pages", scenario.guest.pageSizeBytes > 4096],
    ["cancel", scenario.faults.some((fault) => fault.kind === "cancel")],
  ];
  const missing: string[] = needs
    .filter(([capability, needed]) => needed && !manifest.capabilities.includes(capability))
    .map(([capability]) => capability);
  if (!manifest.worlds.includes(cell.identity.world)) missing.push(`${cell.identity.world} world`);
  return missing;
}
