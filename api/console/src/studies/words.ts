/** Names and figures of a study as people read them; the report does the same. */
import { codesOf, say, t } from "../texts";
import type { Findings, Interval } from "./views";

const DIGITS = 4;

export interface Scale {
  factor: number;
  unit: string;
}

/** How values of a unit up to `most` are shown: seconds as minutes or hours, shares in per cent. */
export function scaleOf(unit: string, most: number): Scale {
  if (unit === "s" && Math.abs(most) >= 180) return Math.abs(most) >= 10_800 ? { factor: 1 / 3600, unit: "h" } : { factor: 1 / 60, unit: "min" };
  if (unit === "share") return { factor: 100, unit: "%" };
  return { factor: 1, unit: unit === "1" ? "" : unit };
}

/** The scale of a response, the same for every scenario. */
export function responseScale(findings: Findings, name: string): Scale {
  const measure = findings.measures[name] ?? findings.measures[name.replace(/\.p95$/, "")];
  return scaleOf(measure?.unit ?? "", Math.max(0, ...findings.scenarios.map((one) => Math.abs(high(one.responses[name])))));
}

export const low = (one: Interval | undefined): number => (one ? one.mean - (one.half_width ?? 0) : 0);
export const high = (one: Interval | undefined): number => (one ? one.mean + (one.half_width ?? 0) : 0);

/** What people call a response; a device's by its family. */
export function responseName(name: string): string {
  if (codesOf("study.response").includes(name)) return say("study.response", name);
  if (name.endsWith(".p95")) return t("study.p95", { name: responseName(name.slice(0, -4)) });
  const [family = "", ...rest] = name.split(".");
  if (family === "share" && rest.length > 1) return t("study.named", { device: rest.slice(0, -1).join("."), name: say("study.state", rest.at(-1)!) });
  return rest.length && codesOf("study.response").includes(family) ? t("study.named", { device: rest.join("."), name: say("study.response", family) }) : name;
}

export const unitName = (unit: string): string => (unit ? say("study.unit", unit) : "");

/** A number with four significant digits, without an exponent where people can do without. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return "–";
  if (value === 0 || Math.abs(value) >= 10 ** DIGITS) return value.toFixed(0);
  const text = value.toFixed(Math.max(0, DIGITS - 1 - Math.floor(Math.log10(Math.abs(value)))));
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** A mean with half the width of its interval, no more exact than that. */
export function estimate(one: { mean: number; half_width: number | null }, scale: Scale): string {
  const [mean, half] = [one.mean * scale.factor, one.half_width === null ? null : one.half_width * scale.factor];
  if (half === null || !Number.isFinite(half)) return figure(mean);
  if (half <= 0) return `${figure(mean)} ± 0`;
  const places = Math.min(12, Math.max(0, 1 - Math.floor(Math.log10(half))));
  return `${mean.toFixed(places)} ± ${half.toFixed(places)}`;
}

/** A name and its unit, as a table is headed. */
export function headed(name: string, scale: Scale): string {
  const unit = unitName(scale.unit);
  return unit ? `${responseName(name)} (${unit})` : responseName(name);
}

/** The responses that a study names, else the first few. */
export function asked(findings: Findings): string[] {
  const named = findings.asked.filter((name) => findings.scenarios.some((one) => name in one.responses));
  return named.length ? named : listed(findings).slice(0, 3);
}

/** The responses of the table; figures of single devices have plots of their own. */
export function listed(findings: Findings): string[] {
  const names = new Set(findings.scenarios.flatMap((one) => Object.keys(one.responses)));
  const rest = [...names].filter((name) => !/^(share|queue|active)\./.test(name) && !findings.asked.includes(name));
  return [...findings.asked.filter((name) => names.has(name)), ...rest];
}
