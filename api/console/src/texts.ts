/** Texts in two languages, from the catalogues that the Python side shares. There is no text in code. */
import { effect, signal } from "@preact/signals";
import en from "../../texts/en.json";
import zh from "../../texts/zh.json";

export type Key = keyof typeof en;
export type Params = Record<string, unknown>;
export const LANGUAGES = ["en", "zh"] as const;
export type Language = (typeof LANGUAGES)[number];

const CATALOGUES: Record<Language, Record<string, string>> = { en, zh };
const STORED = "metrostack.language";

function firstLanguage(): Language {
  const wanted = localStorage.getItem(STORED) ?? navigator.language;
  return wanted.startsWith("zh") ? "zh" : "en";
}

export const language = signal<Language>(firstLanguage());

effect(() => {
  localStorage.setItem(STORED, language.value);
  document.documentElement.lang = language.value === "zh" ? "zh-CN" : "en";
  document.title = t("console.title");
});

/** The text of a key, its {placeholders} filled; numbers as the language writes them. */
export function t(key: Key, params: Params = {}): string {
  return fill(CATALOGUES[language.value][key] ?? key, params);
}

/** The text of a key that is made of a prefix and a code; the code itself where no text is known. */
export function say(prefix: string, code: string | number, params: Params = {}): string {
  const pattern = CATALOGUES[language.value][`${prefix}.${code}`];
  return pattern === undefined ? String(code) : fill(pattern, params);
}

/** The codes that have a text under a prefix, in the order of the catalogue. */
export function codesOf(prefix: string): string[] {
  return Object.keys(en).filter((key) => key.startsWith(`${prefix}.`)).map((key) => key.slice(prefix.length + 1));
}

/** Why something does not go on; the pallet it is about is named where the text itself does not. */
export function reason(code: string, params: Params): string {
  const pattern = CATALOGUES[language.value][`reason.${code}`] ?? code;
  const about = params["pallet"] !== undefined && !pattern.includes("{pallet}") ? `${String(params["pallet"])}: ` : "";
  return about + fill(pattern, params);
}

/** A number as the language writes it. */
export function number(value: number): string {
  return new Intl.NumberFormat(language.value).format(value);
}

/** A span of plant time in words of at most two units, e.g. 3 min 20 s. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [days, hours, minutes] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
  if (days) return t("time.days", { days, hours });
  if (hours) return t("time.hours", { hours, minutes });
  if (minutes) return t("time.minutes", { minutes, seconds: seconds % 60 });
  return t("time.seconds", { seconds });
}

function fill(pattern: string, params: Params): string {
  return pattern.replace(/\{(\w+)\}/g, (whole, name: string) => (name in params ? shown(params[name]) : whole));
}

function shown(value: unknown): string {
  return typeof value === "number" && Math.abs(value) >= 10_000 ? number(value) : String(value);
}
