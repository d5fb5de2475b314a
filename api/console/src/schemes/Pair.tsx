/** Two numbers that belong together, from and to; both or none. */
import { useSignal } from "@preact/signals";
import { t } from "../texts";

export function Pair({ name, value, set }: { name: string; value: unknown; set: (pair: [number, number] | undefined) => void }) {
  const [low, high] = Array.isArray(value) ? value.map(String) : ["", ""];
  const texts = useSignal<[string, string]>([low ?? "", high ?? ""]);
  const take = (next: [string, string]): void => {
    texts.value = next;
    if (next.every((one) => one !== "")) set([Number(next[0]), Number(next[1])]);
    else if (next.every((one) => one === "")) set(undefined);
  };
  return (
    <span class="pair">
      <label>
        {t("scheme.from", { name })}
        <input type="number" step="any" value={texts.value[0]} placeholder={t("scheme.as_usual")} onInput={(event) => take([event.currentTarget.value, texts.value[1]])} />
      </label>
      <label>
        {t("scheme.until", { name })}
        <input type="number" step="any" value={texts.value[1]} placeholder={t("scheme.as_usual")} onInput={(event) => take([texts.value[0], event.currentTarget.value])} />
      </label>
    </span>
  );
}
