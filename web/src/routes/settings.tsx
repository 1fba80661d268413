import { useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { Button } from "@/components/button";
import { Page, Section } from "@/components/page";
import { PasswordForm } from "@/features/auth/password-form";
import { authStatus, signIns, signOut } from "@/features/auth/queries";
import { SignInList } from "@/features/auth/sign-in-list";
import { Problems } from "@/features/conversation/problems";
import { EnvSetList } from "@/features/env-sets/env-set-list";
import { BrowserChoice } from "@/features/notifications/browser-choice";
import { DeliveryLog } from "@/features/notifications/delivery-log";
import { KindTable } from "@/features/notifications/kind-table";
import { WebhookForm } from "@/features/notifications/webhook-form";
import { AllSettings } from "@/features/settings/all-settings";
import { DaemonForm } from "@/features/settings/daemon-form";
import { ThemePicker } from "./theme-picker";

/** Who may come in, what holds for all sessions, and how the page looks. */
export function SettingsPage() {
  const client = useQueryClient();

  async function leave() {
    await signOut();
    await client.invalidateQueries(authStatus);
  }

  return (
    <Page title="Settings" actions={<Button onClick={leave}>Sign out</Button>}>
      <Section title="Signed in">
        <SignInList />
      </Section>
      <Section title="Password">
        <PasswordForm
          onChanged={() => {
            toast.success("The password is changed; every other sign-in has ended.");
            void client.invalidateQueries(signIns);
          }}
        />
      </Section>
      <Section title="Notifications">
        <BrowserChoice />
        <div className="mt-3">
          <KindTable />
        </div>
        <WebhookForm />
        <DeliveryLog />
      </Section>
      <Section title="Secret variables">
        <EnvSetList />
      </Section>
      <Section title="Agents and numbers">
        <DaemonForm />
      </Section>
      <Section title="Every setting">
        <AllSettings />
      </Section>
      <Section title="Lines of transcripts that could not be read">
        <Problems />
      </Section>
      <Section title="Appearance">
        <ThemePicker />
      </Section>
    </Page>
  );
}
