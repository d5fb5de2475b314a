import { useSignal } from "@preact/signals";
import { Problem } from "../client";
import { logIn } from "../session";
import { say, t } from "../texts";

export function Login() {
  const problem = useSignal<Problem | null>(null);
  const busy = useSignal(false);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    busy.value = true;
    try {
      await logIn(String(form.get("name")), String(form.get("password")));
    } catch (error) {
      problem.value = error instanceof Problem ? error : new Problem(0, "internal", {});
    } finally {
      busy.value = false;
    }
  };
  return (
    <form class="login" onSubmit={(event) => void submit(event as unknown as SubmitEvent)}>
      <h1>{t("login.title")}</h1>
      <label>
        {t("login.name")}
        <input name="name" autocomplete="username" required maxLength={64} autofocus />
      </label>
      <label>
        {t("login.password")}
        <input name="password" type="password" autocomplete="current-password" required maxLength={128} />
      </label>
      <button type="submit" class="main" disabled={busy.value}>
        {t("login.in")}
      </button>
      <p role="alert" class="problem">
        {problem.value ? say("problem", problem.value.code, problem.value.params) : ""}
      </p>
    </form>
  );
}
