// Loaded before the first paint, so that no page flashes in the wrong colours. A classic script on purpose.
(() => {
  try {
    const choice = localStorage.getItem("jobtalk.theme");
    if (choice === "light" || choice === "dark") document.documentElement.dataset.theme = choice;
  } catch {
    // A browser that keeps nothing has no choice kept.
  }
})();
