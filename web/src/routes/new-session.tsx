import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy } from "react";
import { Dialog } from "@/components/dialog";
import { LazyPart } from "@/components/lazy-part";
import { envSetsQuery } from "@/features/env-sets/queries";
import { workspacesQuery } from "@/features/workspaces/queries";

const CreateForm = lazy(() =>
  import("@/features/sessions/create-form").then((module) => ({ default: module.CreateForm })),
);

/** The dialog for a new session; it is part of the address, so Back closes it. */
export function NewSession() {
  const isOpen = useSearch({ from: "/app" }).new === true;
  const secrets = useQuery({ ...envSetsQuery, enabled: isOpen }).data ?? [];
  const workspaces = useQuery({ ...workspacesQuery, enabled: isOpen }).data ?? [];
  const navigate = useNavigate();
  const close = () => navigate({ to: ".", search: ({ new: _, ...rest }) => rest, replace: true });
  return (
    <Dialog open={isOpen} onClose={close} title="New session" wide>
      <LazyPart label="Loading">
        <CreateForm
          secrets={secrets}
          workspaces={workspaces}
          onCreated={(session) =>
            navigate({ to: "/sessions/$id", params: { id: session.id }, replace: true })
          }
        />
      </LazyPart>
    </Dialog>
  );
}
