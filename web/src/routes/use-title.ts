import { useEffect } from "react";
import { useAttention } from "./use-attention";

/** The tab says how many things wait. */
export function useTitle(): void {
  const { count } = useAttention();
  useEffect(() => {
    document.title = count > 0 ? `(${count}) CodePiper` : "CodePiper";
  }, [count]);
}
