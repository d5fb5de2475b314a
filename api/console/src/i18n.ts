// Texts in two languages from the catalogues that the server uses as well; no text stands in the code.
import { effect, signal } from "@preact/signals";
import en from "@texts/en.json";
import zh from "@texts/zh.json";

export type Language = "en" | "zh";
const catalogues: Record<Language, Record<string, string>> = { en, zh };

const stored = localStorage.getItem("language");
const preferred = navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
export const language = signal<Language>(stored === "en" || stored === "zh" ? stored : preferred);

effect(() => {
  localStorage.setItem("language", language.value);
  document.documentElement.lang = language.value === "zh" ? "zh-CN" : "en";
});

export type Params = Record<string, unknown>;

/** The text of a key, filled with `params`; a key that the catalogue lacks is shown as it is. */
export function t(key: string, params: Params = {}): string {
  const pattern = catalogues[language.value][key];
  if (pattern === undefined) return key;
  return pattern.replace(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? `{${name}}`));
}

export interface Why {
  code: string;
  params: Params;
}

/** Why something waits, in words. */
export function reason(why: Why | null | undefined): string {
  if (!why) return "";
  const text = t(`reason.${why.code}`, why.params);
  return text === `reason.${why.code}` ? why.code : text;
}

/** A plant time in ms since the plant's epoch, as hours, minutes and seconds. */
export function clock(ms: number): string {
  const s = Math.floor(ms / 1000);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}

export function number(value: number): string {
  return new Intl.NumberFormat(language.value === "zh" ? "zh-CN" : "en").format(value);
}
