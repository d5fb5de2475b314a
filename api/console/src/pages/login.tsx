import { useSignal } from "@preact/signals";
import { post, Problem, who, type Who } from "../api";
import { language, t } from "../i18n";

export function Login() {
  const trouble = useSignal("");
  const submit = async (event: Event) => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    try {
      who.value = await post<Who>("/login", { name: form.get("name"), password: form.get("password") });
    } catch (error) {
      trouble.value = error instanceof Problem ? t(`problem.${error.code}`, error.params) : t("problem.unreachable");
    }
  };
  return (
    <main class="login">
      <h1>Metrostack</h1>
      <form onSubmit={(event) => void submit(event)}>
        <label>{t("login.name")}<input name="name" autocomplete="username" required maxLength={64} /></label>
        <label>
          {t("login.password")}
          <input name="password" type="password" autocomplete="current-password" required maxLength={128} />
        </label>
        <button type="submit">{t("login.submit")}</button>
        <p role="alert">{trouble.value}</p>
      </form>
      <button type="button" class="quiet" onClick={() => (language.value = language.value === "en" ? "zh" : "en")}>
        {t("console.other_language")}
      </button>
    </main>
  );
}
