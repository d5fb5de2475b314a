import { path } from "../router";
import { logOut, who } from "../session";
import { LANGUAGES, language, t, type Key } from "../texts";
import { Status } from "./Bars";

const PAGES: [string, Key][] = [
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
  ["/link", "nav.link"],
  ["/studies", "nav.studies"],
];

/** The head of every page. */
export function Head() {
  return (
    <header>
      <span class="brand">{t("console.title")}</span>
      {who.value ? (
        <nav aria-label={t("nav.label")}>
          {PAGES.map(([to, key]) => (
            <a key={to} href={to} aria-current={isCurrent(to) ? "page" : undefined}>
              {t(key)}
            </a>
          ))}
        </nav>
      ) : null}
      <span class="grow" />
      {who.value ? <Status /> : null}
      <Languages />
      {who.value ? (
        <button type="button" onClick={() => void logOut()}>
          {t("login.out", { name: who.value.name })}
        </button>
      ) : null}
    </header>
  );
}

function isCurrent(to: string): boolean {
  if (to === "/lines" && path.value.startsWith("/benches")) return true;
  return to === "/" ? path.value === "/" : path.value === to || path.value.startsWith(`${to}/`);
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
