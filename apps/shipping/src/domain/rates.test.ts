import { ratesTo } from "./rates.ts";

it.each([
  ["DE", 490, 990],
  ["FR", 990, 1_990],
  ["US", 1_990, 4_990],
])("charges by distance: %s", (country, standard, express) => {
  expect(ratesTo(country).map(({ price }) => price.amount)).toEqual([
    standard,
    express,
  ]);
});
