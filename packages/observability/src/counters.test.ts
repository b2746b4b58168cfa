import { counter, countersAsText } from "./counters.ts";

describe("counters", () => {
  it("are shown in Prometheus' text format", () => {
    counter("cartwright_parcels_total", "Parcels handed over.").add(3);

    expect(countersAsText()).toContain(
      "# HELP cartwright_parcels_total Parcels handed over.\n" +
        "# TYPE cartwright_parcels_total counter\n" +
        "cartwright_parcels_total 3\n",
    );
  });

  it("of one name add up", () => {
    counter("cartwright_mails_total", "Mails sent.").add(1);
    counter("cartwright_mails_total", "Mails sent.").add(2);

    expect(countersAsText()).toContain("cartwright_mails_total 3\n");
  });
});
