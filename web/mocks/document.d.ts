export function wrongRequest(method: string, path: string, body: unknown): string | null;
export function wrongAnswer(
  method: string,
  path: string,
  status: number,
  body: unknown,
): string | null;
