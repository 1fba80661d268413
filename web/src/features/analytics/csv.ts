/** One line of CSV: text in quotes where it needs them, and never taken for a formula. */
function line(values: (string | number | null)[]): string {
  return values
    .map((value) => {
      if (typeof value === "number") return String(value);
      const text = /^[=+\-@\t\r]/.test(value ?? "") ? `'${value}` : (value ?? "");
      return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    })
    .join(",");
}

/** A table as RFC 4180 has it. */
export function csvOf(head: string[], rows: (string | number | null)[][]): string {
  return [head, ...rows].map((row) => `${line(row)}\r\n`).join("");
}

/** Gives a text to the person as a file. */
export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
