/** Call a lot off to a line: by one scheme, or by the approved one for a purpose. */
import { post } from "../client";
import type { LineView } from "../line/views";
import { go } from "../router";
import { codesOf, say, t } from "../texts";
import { useAct, useOnce } from "./load";

interface Lot {
  code: string;
}

export function VerifyLot({ scheme = "", line = "" }: { scheme?: string; line?: string }) {
  const { value: lots } = useOnce<Lot[]>("/stock/lots");
  const { value: lines } = useOnce<LineView[]>(line ? "" : "/lines");
  const { problem, busy, act } = useAct();
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const body = { lot: String(form.get("lot")), line: line || String(form.get("line")), scheme, purpose: String(form.get("purpose") ?? "first") };
    await act(async () => go(`/orders/${(await post<{ number: number }>("/orders/verification", body, { "idempotency-key": crypto.randomUUID() })).number}`));
  };
  return (
    <form class="form" onSubmit={(event) => void submit(event)} aria-label={t("verify.title")}>
      <label>
        {t("stock.lot")}
        <select name="lot" required>
          {(lots ?? []).map((one) => (
            <option key={one.code} value={one.code}>{one.code}</option>
          ))}
        </select>
      </label>
      {line ? null : (
        <label>
          {t("verify.line")}
          <select name="line" required>
            {(lines ?? []).map((one) => (
              <option key={one.id} value={one.id}>{`${one.id} (${say("line_phase", one.phase)})`}</option>
            ))}
          </select>
        </label>
      )}
      {scheme ? null : (
        <label>
          {say("scheme_field", "purpose")}
          <select name="purpose">
            {codesOf("purpose").map((one) => (
              <option key={one} value={one} selected={one === "first"}>{say("purpose", one)}</option>
            ))}
          </select>
        </label>
      )}
      <button type="submit" disabled={busy || !lots?.length}>{scheme ? t("verify.with", { scheme }) : t("verify.here")}</button>
      {lots?.length === 0 ? <span class="quiet">{t("verify.no_lots")}</span> : null}
      <span role="alert" class="problem">{problem}</span>
    </form>
  );
}
