import { setTheme, type Theme, useTheme } from "@/lib/theme";

const THEMES: [Theme, string][] = [
  ["system", "Like the system"],
  ["light", "Light"],
  ["dark", "Dark"],
];

/** Light, dark, or as the system has it. */
export function ThemePicker() {
  const theme = useTheme();
  return (
    <fieldset className="inline-flex rounded-lg border bg-panel p-1">
      <legend className="sr-only">Theme</legend>
      {THEMES.map(([name, words]) => (
        <label
          key={name}
          className="target flex items-center rounded-md px-3 text-sm has-checked:bg-raised has-checked:font-medium has-focus-visible:outline-2 has-focus-visible:outline-accent"
        >
          <input
            type="radio"
            name="theme"
            className="sr-only"
            checked={theme === name}
            onChange={() => setTheme(name)}
          />
          {words}
        </label>
      ))}
    </fieldset>
  );
}
