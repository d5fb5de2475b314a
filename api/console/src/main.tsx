import { render } from "preact";
import { Head } from "./parts/Nav";
import { Stale } from "./parts/Bars";
import { Bench } from "./pages/Bench";
import { Codes } from "./pages/Codes";
import { Deliveries } from "./pages/Deliveries";
import { Demand } from "./pages/Demand";
import { Entry } from "./pages/Entry";
import { Laboratory } from "./pages/Laboratory";
import { Library } from "./pages/Library";
import { Line } from "./pages/Line";
import { Link } from "./pages/Link";
import { Lot } from "./pages/Lot";
import { Meter } from "./pages/Meter";
import { Login } from "./pages/Login";
import { Order } from "./pages/Order";
import { Orders } from "./pages/Orders";
import { Overview } from "./pages/Overview";
import { Results } from "./pages/Results";
import { Return } from "./pages/Return";
import { Returns } from "./pages/Returns";
import { Review } from "./pages/Review";
import { Reviews } from "./pages/Reviews";
import { Shipping } from "./pages/Shipping";
import { Stock } from "./pages/Stock";
import { Studies } from "./pages/Studies";
import { Study } from "./pages/Study";
import { StudyPair } from "./pages/StudyPair";
import { Task } from "./pages/Task";
import { Tasks } from "./pages/Tasks";
import { Transports } from "./pages/Transports";
import { isKind } from "./schemes/views";
import { stale } from "./live";
import { follow, path } from "./router";
import { begin, who } from "./session";
import { t } from "./texts";
import "./style.css";

function Page() {
  const [, page, id, code] = path.value.split("/").map(decodeURIComponent);
  if (page === "orders" && id) return <Order number={id} />;
  if (page === "orders") return <Orders />;
  if (page === "transports") return <Transports />;
  if (page === "deliveries") return <Deliveries />;
  if (page === "shipping") return <Shipping />;
  if (page === "stock") return <Stock />;
  if (page === "lines") return <Line key={id ?? ""} id={id ?? ""} />;
  if (page === "benches" && id) return <Bench key={id} id={id} />;
  if (page === "schemes" && code && isKind(id)) return <Entry key={`${id}.${code}`} kind={id} code={code} />;
  if (page === "schemes") return <Library />;
  if (page === "reviews" && id) return <Review key={id} number={id} />;
  if (page === "reviews") return <Reviews />;
  if (page === "results" && id === "meter" && code) return <Meter key={code} code={code} />;
  if (page === "results" && id === "lot" && code) return <Lot key={code} code={code} />;
  if (page === "results") return <Results />;
  if (page === "laboratory") return <Laboratory />;
  if (page === "tasks" && id) return <Task key={id} id={id} />;
  if (page === "tasks") return <Tasks />;
  if (page === "returns" && id) return <Return key={id} id={id} />;
  if (page === "returns") return <Returns />;
  if (page === "demand") return <Demand />;
  if (page === "codes") return <Codes />;
  if (page === "link") return <Link />;
  if (page === "studies" && id && code) return <StudyPair key={`${id} ${code}`} first={id} second={code} />;
  if (page === "studies" && id) return <Study key={id} run={id} />;
  if (page === "studies") return <Studies />;
  return <Overview />;
}

function App() {
  if (who.value === undefined) return <p class="quiet pad">{t("live.connecting")}</p>;
  return (
    <div onClick={follow}>
      <a class="skip" href="#main">{t("console.skip")}</a>
      <Head />
      {who.value ? <Stale /> : null}
      <main id="main" tabIndex={-1} class={who.value && stale.value ? "old" : ""}>{who.value ? <Page /> : <Login />}</main>
    </div>
  );
}

render(<App />, document.getElementById("app")!);
void begin();
