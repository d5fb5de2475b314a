import { People } from "../laboratory/People";
import { Recalls } from "../laboratory/Recalls";
import { Seals } from "../laboratory/Seals";
import { Standards } from "../laboratory/Standards";
import { t } from "../texts";

/** What verification stands on: reference standards, qualified people, and the ledger of seals. */
export function Laboratory() {
  return (
    <div class="pad">
      <h1>{t("laboratory.title")}</h1>
      <Standards />
      <Recalls />
      <People />
      <Seals />
    </div>
  );
}
