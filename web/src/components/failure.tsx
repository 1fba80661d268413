import { type ErrorComponentProps, Link } from "@tanstack/react-router";
import { Button, buttonLook } from "./button";
import { Empty } from "./empty";

/** A page broke, or a part of it could not be loaded. */
export function Failure({ error }: ErrorComponentProps) {
  return (
    <Empty title="This page could not be shown">
      <p className="break-words">{error instanceof Error ? error.message : String(error)}</p>
      <p className="mt-4">
        <Button look="primary" onClick={() => location.reload()}>
          Load it again
        </Button>
      </p>
    </Empty>
  );
}

/** There is no such page. */
export function Missing() {
  return (
    <Empty title="There is nothing here">
      <Link to="/" className={`${buttonLook("plain")} mt-3`}>
        Go to what needs you
      </Link>
    </Empty>
  );
}
