// Before anything is painted, so that a chosen theme does not flash. Not inline: the page's policy forbids that.
try {
  const chosen = localStorage.getItem("codepiper.theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  // Storage may be forbidden; the system's theme is good then.
}
