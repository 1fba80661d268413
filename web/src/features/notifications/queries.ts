import { queryOptions } from "@tanstack/react-query";
import { get, post } from "@/api/client";
import type { NotificationsResponse } from "@/api/schema";

/** What nobody has read, the newest first. */
export const unreadQuery = queryOptions({
  queryKey: ["notifications"],
  queryFn: async ({ signal }) =>
    (await get<NotificationsResponse>("/notifications?unreadOnly=true&limit=100", signal))
      .notifications,
});

export const markRead = (id: number) => post(`/notifications/${id}/read`, {});
export const markAllRead = () => post("/notifications/read", {});
