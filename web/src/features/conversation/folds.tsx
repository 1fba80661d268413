import { createContext, type ReactNode, useContext, useMemo, useState } from "react";

/** What is open, by the ids of entries; kept while rows are not drawn. */
const Folds = createContext<Map<string, boolean>>(new Map());

/** Remembers what was opened and closed within. */
export function KeepFolds({ children }: { children: ReactNode }) {
  const folds = useMemo(() => new Map<string, boolean>(), []);
  return <Folds value={folds}>{children}</Folds>;
}

/** Whether it is open, and how to change that. */
export function useFold(name: string, isOpenAtFirst: boolean): [boolean, () => void] {
  const folds = useContext(Folds);
  const [isOpen, setOpen] = useState(folds.get(name) ?? isOpenAtFirst);
  const toggle = () => {
    folds.set(name, !isOpen);
    setOpen(!isOpen);
  };
  return [isOpen, toggle];
}
