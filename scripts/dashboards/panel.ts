import { VizLegendOptionsBuilder } from "@grafana/grafana-foundation-sdk/common";
import {
  defaultDashboard,
  QueryVariableBuilder,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TimeseriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";

/** An expression, and what stands beside its line; with `{{label}}`. */
export type Query = readonly [expression: string, legend: string];

export type Panel = {
  readonly title: string;
  /** Of Grafana: `s`, `reqps`, `percentunit`, `short`, `bytes`. */
  readonly unit: string;
  readonly queries: readonly Query[];
  /** One big number instead of lines. */
  readonly stat?: boolean;
  /** Shows single slow values, which lead to their traces. */
  readonly exemplars?: boolean;
};

export type Dashboard = {
  /** Also the name of its file. */
  readonly uid: string;
  readonly title: string;
  /** Whether one chooses a service, `$service`. */
  readonly perService?: boolean;
  readonly panels: readonly Panel[];
};

const source = { type: "prometheus", uid: "prometheus" };
const columns = 3;
const width = 24 / columns;
const height = 8;

/** The dashboard in the form that Grafana provisions from files. */
export const build = (dashboard: Dashboard) => ({
  ...defaultDashboard(),
  uid: `cartwright-${dashboard.uid}`,
  title: `Cartwright: ${dashboard.title}`,
  tags: ["cartwright"],
  timezone: "browser",
  refresh: "30s",
  time: { from: "now-1h", to: "now" },
  templating: {
    list: [
      releases().build(),
      ...(dashboard.perService ? [services().build()] : []),
    ],
  },
  panels: dashboard.panels.map((panel, n) => ({
    ...panelOf(panel).gridPos(placeOf(n)).build(),
    id: n + 1,
  })),
});

const placeOf = (n: number) => ({
  w: width,
  h: height,
  x: (n % columns) * width,
  y: Math.floor(n / columns) * height,
});

function panelOf(panel: Panel): StatBuilder | TimeseriesBuilder {
  const builder = panel.stat
    ? new StatBuilder()
    : new TimeseriesBuilder()
        .fillOpacity(10)
        .spanNulls(true)
        .legend(new VizLegendOptionsBuilder().showLegend(true));
  builder.title(panel.title).unit(panel.unit).datasource(source).min(0);
  panel.queries.forEach(([expression, legend], n) =>
    builder.withTarget(
      new DataqueryBuilder()
        .datasource(source)
        .expr(expression)
        .legendFormat(legend)
        .exemplar(panel.exemplars ?? false)
        .refId(String.fromCharCode("A".charCodeAt(0) + n)),
    ),
  );
  return builder;
}

/** One of several in a cluster. Where there is none, for instance with compose, all of them are the one without. */
const releases = () =>
  new QueryVariableBuilder("namespace")
    .label("Namespace")
    .datasource(source)
    .query('label_values(up{job="cartwright"}, namespace)')
    .includeAll(true)
    .allValue(".*")
    .current({ selected: true, text: "All", value: "$__all" })
    .refresh(2)
    .sort(1);

const services = () =>
  new QueryVariableBuilder("service")
    .label("Service")
    .datasource(source)
    .query(
      'label_values(http_server_active_requests{job="cartwright", namespace=~"$namespace"}, service)',
    )
    .refresh(2)
    .sort(1);
