import { queryOptions } from "@tanstack/react-query";
import { call, get, post } from "@/api/client";
import type {
  DeliveriesResponse,
  NotificationPrefsResponse,
  NotificationSettingsRequest,
  NotificationSettingsResponse,
  NotificationsResponse,
  PushTrialResponse,
} from "@/api/schema";

/** What nobody has read, the newest first. */
export const unreadQuery = queryOptions({
  queryKey: ["notifications"],
  queryFn: async ({ signal }) =>
    (await get<NotificationsResponse>("/notifications?unreadOnly=true&limit=100", signal))
      .notifications,
});

export const markRead = (id: number) => post(`/notifications/${id}/read`, {});
export const markAllRead = () => post("/notifications/read", {});

const SETTINGS = "/notifications/settings";

/** What is told, and where. */
export const settingsQuery = queryOptions({
  queryKey: ["notification-settings"],
  queryFn: async ({ signal }) =>
    (await get<NotificationSettingsResponse>(SETTINGS, signal)).settings,
});

export const changeSettings = async (change: NotificationSettingsRequest) =>
  (await call<NotificationSettingsResponse>("PUT", SETTINGS, change)).settings;

/** What was sent where of late. */
export const deliveriesQuery = queryOptions({
  queryKey: ["notification-deliveries"],
  queryFn: async ({ signal }) => {
    const path = "/notifications/deliveries?limit=20";
    return (await get<DeliveriesResponse>(path, signal)).deliveries;
  },
});

/** Sends every browser that is told a message. */
export const tryPush = async () =>
  (await post<PushTrialResponse>("/notifications/push/test", {})).result;

const prefsPath = (sessionId: string) => `/sessions/${sessionId}/notifications/prefs`;

/** Whether people are told of a session; null: as of all others. */
export const prefsQuery = (sessionId: string) =>
  queryOptions({
    queryKey: ["notification-prefs", sessionId],
    queryFn: async ({ signal }) =>
      (await get<NotificationPrefsResponse>(prefsPath(sessionId), signal)).prefs,
  });

export const setPrefs = (sessionId: string, enabled: boolean | null) =>
  call("PUT", prefsPath(sessionId), { enabled });
