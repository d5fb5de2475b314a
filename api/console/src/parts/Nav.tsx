import { path } from "../router";
import { logOut, who } from "../session";
import { LANGUAGES, language, t, type Key } from "../texts";
import { Status } from "./Bars";

type Entry = readonly [to: string, key: Key];

/** The pages of marketing's business: one entry in the head, and a row of their own below it. */
const BUSINESS: readonly Entry[] = [
  ["/tasks", "nav.tasks"],
  ["/returns", "nav.returns"],
  ["/demand", "nav.demand"],
  ["/codes", "nav.codes"],
  ["/link", "nav.letters"],
];
const PAGES: readonly Entry[] = [
  ["/", "nav.overview"],
  ["/orders", "nav.orders"],
  ["/transports", "nav.transports"],
  ["/deliveries", "nav.deliveries"],
  ["/shipping", "nav.shipping"],
  ["/stock", "nav.stock"],
  ["/lines", "nav.lines"],
  ["/schemes", "nav.schemes"],
  ["/reviews", "nav.reviews"],
  ["/results", "nav.results"],
  ["/laboratory", "nav.laboratory"],
  ["/tasks", "nav.link"],
  ["/studies", "nav.studies"],
];

/** The head of every page. */
export function Head() {
  return (
    <header>
      <span class="brand">{t("console.title")}</span>
      {who.value ? <Links label={t("nav.label")} entries={PAGES} current={isShown} /> : null}
      <span class="grow" />
      {who.value ? <Status /> : null}
      <Languages />
      {who.value ? (
        <button type="button" onClick={() => void logOut()}>
          {t("login.out", { name: who.value.name })}
        </button>
      ) : null}
      {who.value && isBusiness() ? <Links label={t("nav.business")} entries={BUSINESS} current={isAt} below /> : null}
    </header>
  );
}

type Row = { label: string; entries: readonly Entry[]; current: (to: string) => boolean; below?: boolean };

function Links({ label, entries, current, below = false }: Row) {
  return (
    <nav aria-label={label} class={below ? "below" : ""}>
      {entries.map(([to, key]) => (
        <a key={to} href={to} aria-current={current(to) ? "page" : undefined}>
          {t(key)}
        </a>
      ))}
    </nav>
  );
}

function isShown(to: string): boolean {
  if (to === "/lines" && path.value.startsWith("/benches")) return true;
  if (to === "/tasks") return isBusiness();
  return isAt(to);
}

function isAt(to: string): boolean {
  return to === "/" ? path.value === "/" : path.value === to || path.value.startsWith(`${to}/`);
}

function isBusiness(): boolean {
  return BUSINESS.some(([to]) => isAt(to));
}

function Languages() {
  return (
    <div role="group" aria-label={t("nav.language")} class="languages">
      {LANGUAGES.map((code) => (
        <button key={code} type="button" lang={code} aria-pressed={language.value === code} onClick={() => (language.value = code)}>
          {t(`language.${code}` as Key)}
        </button>
      ))}
    </div>
  );
}
