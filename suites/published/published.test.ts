import { describe, expect, it } from "vitest";
import { publishedLinks, publishedPolicies, publishedRows, publishedScenarios, publishedSuite } from "./index.ts";

describe("the suite of published results", () => {
  it("holds every row of the published tables", () => {
    const sources = publishedRows.map((row) => row.published[0].source.split(",").slice(0, 2).join(","));
    const rows: Record<string, number> = {};
    for (const source of sources) rows[source] = (rows[source] ?? 0) + 1;
    expect(rows).toMatchInlineSnapshot(`
      {
        "Clark et al., Live Migration of Virtual Machines": 2,
        "Metro vMotion field test, Dallas": 1,
        "OPNFV kvmfornfv user guide, Fast Live Migration": 4,
        "OpenStack OSIC live migration with Rally, n >= 226": 3,
        "QEMU commit 7ca1dfad, Force auto-convergence of live migration (Chegu Vinod)": 2,
        "qemu-devel, Intel DSA offload of zero page checking in multifd": 2,
        "qemu-devel, Live Migration With IAA (multifd QPL)": 6,
        "qemu-devel, multifd UADK compression series": 6,
        "qemu-devel, postcopy preempt": 4,
        "rk4n (V. Nykytiuk), QEMU Live Migrations: Post-Copy and Auto-Converge features": 5,
        "yellow-bricks.com, Metro vMotion in vSphere 5.0": 3,
      }
    `);
  });

  it("never gives two documents one name", () => {
    const documents = [...publishedRows.map((row) => row.scenario), ...publishedRows.map((row) => row.policy)];
    const byId = new Map<string, string>();
    for (const document of documents) {
      const text = JSON.stringify(document);
      expect(byId.get(document.id) ?? text).toBe(text);
      byId.set(document.id, text);
    }
    const links = new Map<string, string>();
    for (const { link } of publishedRows) {
      expect(links.get(link[0]) ?? link[1]).toBe(link[1]);
      links.set(...link);
    }
  });

  it("refers only to documents that it exports", () => {
    for (const entry of publishedSuite.entries) {
      for (const name of entry.links) expect(publishedLinks[name]).toBeDefined();
      expect(publishedScenarios.map((document) => document.id)).toEqual(expect.arrayContaining([...entry.scenarios]));
      expect(publishedPolicies.map((document) => document.id)).toEqual(expect.arrayContaining([...entry.policies]));
    }
  });

  it("keeps every workload inside its guest's memory, on page boundaries", () => {
    for (const { guest, workload } of publishedScenarios) {
      for (const component of workload.phases.flatMap((phase) => phase.components)) {
        if (component.kind === "page-trace") continue;
        expect(component.startBytes + component.lengthBytes).toBeLessThanOrEqual(guest.memoryBytes);
        expect(component.startBytes % 4096).toBe(0);
        expect(component.lengthBytes % 4096).toBe(0);
      }
    }
  });

  it("says of every figure what was assumed, and of every document where it comes from", () => {
    for (const figure of publishedRows.flatMap((row) => row.published)) expect(figure.note).not.toBe("");
    for (const document of [...publishedScenarios, ...publishedPolicies]) expect(document.source).toBeTruthy();
  });
});
