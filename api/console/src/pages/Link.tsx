import { Dead, Log, Received } from "../link/Log";
import { Receivers } from "../link/Receivers";
import { t } from "../texts";

/** The link to marketing: who is written to, what waits and why, what is dead, the last messages both ways. */
export function Link() {
  return (
    <div class="pad">
      <h1>{t("marketing.title")}</h1>
      <Receivers />
      <Dead />
      <Log />
      <Received />
    </div>
  );
}
