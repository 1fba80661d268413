import { Component, type ReactNode, Suspense } from "react";
import { Button } from "./button";
import { Empty, Loading } from "./empty";

interface Props {
  /** What is said while it is fetched; nothing where this is null. */
  label: string | null;
  /** What is around the failure, as a dialog where the part is one. */
  frame?: (failure: ReactNode) => ReactNode;
  children: ReactNode;
}

/** A part that is fetched when it is needed. One that cannot be had takes nothing else with it. */
export class LazyPart extends Component<Props, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    const { label, frame, children } = this.props;
    if (!this.state.hasFailed)
      return <Suspense fallback={label && <Loading label={label} />}>{children}</Suspense>;
    const failure = (
      <div role="alert">
        <Empty title="This part could not be loaded">
          {/* A browser does not fetch a module again that it could not have. */}
          <Button look="primary" className="mt-3" onClick={() => location.reload()}>
            Load the page again
          </Button>
        </Empty>
      </div>
    );
    return frame ? frame(failure) : failure;
  }
}
