import { numberList, numberMap } from "../../settings/collections.ts";
import { flag, quantity, text } from "../../settings/quantities.ts";
import { all, isNotSet, isSet } from "../applies.ts";
import { section } from "../section.ts";

/** What the fleet draws. */
export const energy = section({
  enabled: flag({
    default: false,
    describe: "Count the energy of GPUs and machines.",
  }),
  pue: quantity("number", {
    min: 1,
    max: 10,
    default: null,
    describe: "Energy of the building over that of its machines; null: 1, the machines alone.",
  }),
  idle_watts: numberMap("watts", {
    default: {},
    describe:
      "Power by GPU with a model loaded and nothing to do, watts; others: measured ones of " +
      "data/hardware/power.yaml, else a share of the power limit.",
  }),
  power_limit: quantity("watts", {
    above: 0,
    default: null,
    describe:
      "Power limit of each GPU, watts, between its idle power and its own limit: steps that " +
      "would draw more take longer; null: its own.",
  }),
  host_watts: quantity("watts", {
    min: 0,
    default: null,
    describe: "Power of the rest of a machine (processors, memory, fans) for each GPU that an " +
      "instance has, watts; null: by GPU, data/hardware/power.yaml.",
  }),
  count_free_gpus: flag({
    default: false,
    appliesWhen: isSet("cluster.nodes"),
    describe:
      "Count GPUs of `cluster.nodes` that no instance has, and their share of the machine; " +
      "else they are somebody else's.",
  }),
  region: text({
    default: null,
    appliesWhen: all(isNotSet("energy.carbon_intensity"), isNotSet("energy.carbon_by_hour")),
    describe:
      "Region of data/energy/carbon.yaml whose electricity is used, such as `us-central1`; " +
      "null: emissions are null.",
  }),
  carbon_intensity: quantity("number", {
    min: 0,
    default: null,
    appliesWhen: isNotSet("energy.carbon_by_hour"),
    describe: "Carbon of electricity, g CO2e per kWh; null: the region's.",
  }),
  carbon_by_hour: numberList({
    min: 0,
    leastItems: 24,
    mostItems: 24,
    inAnyOrder: true,
    default: null,
    describe: "Carbon of electricity by hour of the day, from midnight on, g CO2e per kWh: 24 " +
      "numbers; null: the same all day.",
  }),
  start_hour: quantity("number", {
    min: 0,
    max: 24,
    default: 0,
    appliesWhen: isSet("energy.carbon_by_hour"),
    describe: "Hour of the day at which the run begins.",
  }),
  electricity_price: quantity("number", {
    min: 0,
    default: null,
    describe:
      "Price of electricity on top of `cost`, dollars per kWh: what own machines draw; null: " +
      "it is in the price of GPUs.",
  }),
}, { isCommon: true, switchedBy: "enabled", describe: "What GPUs and machines draw." });
