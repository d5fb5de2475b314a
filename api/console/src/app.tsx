import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { get, post, who, type Who } from "./api";
import { clock, language, t } from "./i18n";
import { fresh, picture, start, stop } from "./live";
import { Login } from "./pages/login";
import { Orders } from "./pages/orders";
import { Overview } from "./pages/overview";

const pages = { overview: Overview, orders: Orders } as const;
type Page = keyof typeof pages;
const fromHash = (): Page => (location.hash.slice(2) in pages ? (location.hash.slice(2) as Page) : "overview");
const page = signal<Page>(fromHash());
addEventListener("hashchange", () => (page.value = fromHash()));

export function App() {
  useEffect(() => {
    get<Who>("/me").then((found) => (who.value = found)).catch(() => (who.value = null));
  }, []);
  const known = who.value;
  useEffect(() => {
    if (known) start();
    else stop();
  }, [known]);
  if (known === undefined) return null;
  if (known === null) return <Login />;
  const Shown = pages[page.value];
  return (
    <>
      <a class="skip" href="#main">{t("console.skip")}</a>
      <Header name={known.name} />
      {!fresh.value && <p class="stale" role="alert">{t("console.stale")}</p>}
      <main id="main" class={fresh.value ? "" : "old"} tabIndex={-1}>
        <Shown />
      </main>
    </>
  );
}

function Header({ name }: { name: string }) {
  const now = picture.value.clock.plant;
  const soft = Object.entries(picture.value.links).filter(([, link]) => link.soft).map(([plc]) => plc);
  return (
    <header>
      <h1>Metrostack</h1>
      <nav aria-label={t("console.pages")}>
        {(Object.keys(pages) as Page[]).map((name) => (
          <a key={name} href={`#/${name}`} aria-current={page.value === name ? "page" : undefined}>{t(`page.${name}`)}</a>
        ))}
      </nav>
      {soft.length > 0 && <span class="soft">{t("console.soft", { plcs: soft.join(", ") })}</span>}
      <span class="time">{now ? t("console.time", { time: clock(now.now_ms), speed: now.speed }) : ""}</span>
      <button type="button" onClick={() => (language.value = language.value === "en" ? "zh" : "en")}>
        {t("console.other_language")}
      </button>
      <button type="button" onClick={() => void post("/logout").finally(() => (who.value = null))}>
        {t("console.log_out", { name })}
      </button>
    </header>
  );
}
