import { useEffect, useState } from "react";
import { fullTime, nextTick, timeAgo } from "@/lib/time";

/** How long ago that was, kept true while it is shown. */
export function TimeAgo({ at, suffix = "" }: { at: string; suffix?: string }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setTimeout(() => setNow(Date.now()), nextTick(at, now));
    return () => clearTimeout(timer);
  }, [at, now]);
  const age = timeAgo(at, now);
  return (
    <time dateTime={at} title={fullTime(at)} className="whitespace-nowrap tabular-nums">
      {age}
      {age !== "just now" && suffix}
    </time>
  );
}
