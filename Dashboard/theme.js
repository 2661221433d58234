// Loaded before the first paint, so that no page flashes in the wrong colours. A classic script on purpose.
(() => {
  const choice = localStorage.getItem("jobtalk.theme");
  if (choice === "light" || choice === "dark") document.documentElement.dataset.theme = choice;
})();
