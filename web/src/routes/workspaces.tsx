import { Page, Section } from "@/components/page";
import { WorkspaceList } from "@/features/workspaces/workspace-list";
import { WorktreeList } from "@/features/worktrees/worktree-list";

/** Where people work, and the worktrees of their sessions. */
export function WorkspacesPage() {
  return (
    <Page title="Workspaces">
      <Section title="Directories">
        <WorkspaceList />
      </Section>
      <Section title="Git worktrees">
        <WorktreeList />
      </Section>
    </Page>
  );
}
