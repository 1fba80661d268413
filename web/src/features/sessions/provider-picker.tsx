import type { Provider, ProviderId } from "@/api/types";
import { Ticked } from "@/components/ticked";
import { cn } from "@/lib/cn";

interface Props {
  providers: Provider[];
  value: ProviderId | null;
  onChange: (provider: ProviderId) => void;
  error: string | null;
}

/** The agents; one that cannot be used says why. */
export function ProviderPicker({ providers, value, onChange, error }: Props) {
  return (
    <fieldset>
      <legend className="mb-1.5 text-sm font-medium">Agent</legend>
      <div className="grid gap-2 sm:grid-cols-3">
        {providers.map((provider) => (
          <label
            key={provider.id}
            className={cn(
              "target relative flex flex-col justify-center rounded-lg border px-3 py-2 text-sm has-focus-visible:outline-2 has-focus-visible:outline-accent",
              provider.id === value ? "border-accent bg-accent-soft" : "bg-panel",
              !provider.installed && "text-muted",
            )}
          >
            <input
              type="radio"
              name="provider"
              className="sr-only"
              disabled={!provider.installed}
              checked={provider.id === value}
              onChange={() => onChange(provider.id)}
            />
            <span className="font-medium">{provider.label}</span>
            <span className="text-xs text-muted">{state(provider)}</span>
          </label>
        ))}
      </div>
      {error && (
        <p className="mt-1.5 text-[13px] text-danger">
          <Ticked text={error} />
        </p>
      )}
    </fieldset>
  );
}

function state(provider: Provider): React.ReactNode {
  if (!provider.installed)
    return provider.hint ? (
      <Ticked text={`Not installed: \`${provider.hint}\``} />
    ) : (
      "Not installed"
    );
  return provider.signedIn ? "Ready" : "Not signed in; it will ask in its terminal";
}
