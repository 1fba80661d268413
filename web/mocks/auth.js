// Signing in to the mock: password `codepiper`, code `123456`, recovery code `aaaa-bbbb-cccc-dddd`.
import { randomUUID } from "node:crypto";
import { cookieOf } from "./world.js";

const CODES = ["123456", "aaaa-bbbb-cccc-dddd"];
const QR = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 29 29" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h29v29H0z"/>${squares()}</svg>`;

/** The routes of signing in, by method and path; each returns `[status, body, cookie?]`. */
export const AUTH = {
  "GET /auth/status": (world, { request }) => [
    200,
    {
      setupRequired: false,
      mfaEnabled: world.onboarded,
      mfaSetupRequired: !world.onboarded && cookieOf(request) === "onboarding",
      onboardingPending: !world.onboarded,
      authenticated: world.isSignedIn(request),
    },
  ],
  "POST /auth/login": (world, { body, request }) => {
    const left = Math.ceil((world.blockedUntil - Date.now()) / 1000);
    if (left > 0)
      return [429, { error: "too many attempts", code: "too_many_attempts", retryAfter: left }];
    const isRight =
      body.password === "codepiper" && (!world.onboarded || CODES.includes(body.totpCode));
    if (!isRight) {
      world.failedLogins += 1;
      if (world.failedLogins >= 5) world.blockedUntil = Date.now() + 30_000;
      return [
        401,
        {
          error: "The password or the code is wrong.",
          code: "invalid_credentials",
          hint: "Codes change every 30 seconds and count once.",
        },
      ];
    }
    world.failedLogins = 0;
    if (!world.onboarded)
      return [401, { error: "set up an authenticator", code: "mfa_setup_required" }, "onboarding"];
    return [200, { ok: true }, signIn(world, request)];
  },
  "POST /auth/mfa/setup": () => [
    200,
    {
      secret: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
      otpauthUri: "otpauth://totp/CodePiper?secret=JBSWY3DPEHPK3PXP",
      qr: QR,
    },
  ],
  "POST /auth/mfa/verify": (world, { body, request }) => {
    if (body.totpCode !== "123456")
      return [
        400,
        {
          error: "That code is not right.",
          code: "invalid_code",
          hint: "Is the clock of your phone set by the network?",
        },
      ];
    world.onboarded = true;
    const recoveryCodes = Array.from({ length: 8 }, (_, i) => `${i}f3a-9c2e-${i}b7d-44e1`);
    return [200, { recoveryCodes }, signIn(world, request)];
  },
  "POST /auth/confirm": (world, { body }) => {
    world.confirmed = body.password === "codepiper" || body.totpCode === "123456";
    if (!world.confirmed)
      return [401, { error: "That is not right.", code: "invalid_credentials" }];
    return [200, { ok: true, until: new Date(Date.now() + 300_000).toISOString() }];
  },
};

/** Those that want to be signed in. */
export const SIGNED_IN = {
  "POST /auth/logout": (world, { request }) => {
    world.signIns.delete(cookieOf(request));
    return [200, { ok: true }, ""];
  },
  "POST /auth/password": (world, { body }) => {
    if (!world.confirmed) return [403, { error: "say who you are", code: "confirm_required" }];
    if (body.newPassword.length < 8)
      return [
        400,
        {
          error: "`newPassword` has 8 characters or more",
          code: "invalid_request",
          field: "newPassword",
        },
      ];
    return [200, { ok: true }];
  },
  "GET /auth/sessions": (world, { request }) => {
    const current = cookieOf(request);
    return [
      200,
      {
        sessions: [...world.signIns].map(([cookie, signIn]) => ({
          ...signIn,
          current: cookie === current,
        })),
      },
    ];
  },
  "POST /auth/sessions/revoke-all": (world, { request }) => {
    const others = [...world.signIns.keys()].filter((cookie) => cookie !== cookieOf(request));
    for (const cookie of others) world.signIns.delete(cookie);
    return [200, { ok: true, count: others.length }];
  },
  "DELETE /auth/sessions/:id": (world, { id }) => {
    for (const [cookie, signIn] of world.signIns)
      if (signIn.id === id) world.signIns.delete(cookie);
    return [200, { ok: true }];
  },
};

export function signIn(world, request) {
  const cookie = randomUUID();
  const now = new Date();
  const expiresAt = new Date(now.getTime() + 7 * 86_400_000).toISOString();
  const at = now.toISOString();
  world.signIns.set(cookie, {
    id: randomUUID(),
    createdAt: at,
    lastUsedAt: at,
    expiresAt,
    ipAddress: "127.0.0.1",
    userAgent: request?.headers["user-agent"] ?? "",
  });
  return cookie;
}

/** Looks like a QR code and is none. */
function squares() {
  let seed = 7;
  const next = () => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed / 2147483648;
  };
  let path = "";
  for (let y = 2; y < 27; y += 1)
    for (let x = 2; x < 27; x += 1)
      if (next() < 0.5 && !(y < 10 && (x < 10 || x > 18)) && !(x < 10 && y > 18))
        path += `M${x} ${y}h1v1h-1z`;
  const corner = (x, y) => `M${x} ${y}h7v7h-7zm1 1v5h5v-5zm1 1h3v3h-3z`;
  return `<path fill-rule="evenodd" d="${path}${corner(2, 2)}${corner(20, 2)}${corner(2, 20)}"/>`;
}
